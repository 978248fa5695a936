"""The door of the Web API: reads a call, judges token, scope and rate, and answers as Slack."""

import asyncio
import secrets
from dataclasses import dataclass

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.local_workspace.journal import ApiCall, json_params
from bot.local_workspace.json_text import Json, decoded
from bot.local_workspace.rate_limits import RateLimited
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.slack import Slack
from bot.local_workspace.web_api import (
    auth,
    chat,
    connections,
    conversations,
    files,
    reactions,
    users,
    views,
)
from bot.local_workspace.web_api.method import Call, Method, Token, missing_scope

METHODS: dict[str, Method] = {
    **auth.METHODS,
    **chat.METHODS,
    **connections.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **reactions.METHODS,
    **users.METHODS,
    **views.METHODS,
}
JSON_BODY = "application/json"


@dataclass(frozen=True)
class Tokens:
    """The two tokens that this workspace gave to the app."""

    bot: str
    app: str

    def kind(self, token: str) -> Token:
        """Whose token this is; Slack's refusal if it is nobody's."""
        if not token:
            raise Refusal("not_authed")
        for known, kind in ((self.bot, Token.BOT), (self.app, Token.APP)):
            if secrets.compare_digest(token.encode(errors="replace"), known.encode()):
                return kind
        raise Refusal("invalid_auth")


class Door:
    """Answers /api/METHOD."""

    def __init__(self, slack: Slack, tokens: Tokens) -> None:
        self._slack = slack
        self._tokens = tokens

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One call: a trouble that is switched on, or the method itself."""
        method = request.match_info["method"]
        try:
            params = await _params(request)
        except (HttpProcessingError, LookupError, ValueError):
            return self._answered(method, {}, Refusal("invalid_form_data"))
        trouble = self._trouble()
        if trouble:
            return self._answered(method, params, trouble)
        answer = await self._try(request, method, params)
        if self._slack.faults.on("slow"):
            await asyncio.sleep(self._slack.pace.slow)
        if self._slack.faults.on("lost_answer"):
            return self._lost(request, method, params)
        return self._answered(method, params, answer)

    def _trouble(self) -> Refusal | None:
        if self._slack.faults.on("server_error"):
            return Refusal("internal_error", status=500)
        return RateLimited(1) if self._slack.faults.on("rate_limit") else None

    async def _try(self, request: web.Request, method: str, params: Json) -> Json | Refusal:
        try:
            known = self._allowed(request, method, params)
            return {"ok": True, **await known.handle(Call(self._slack, method, params))}
        except Refusal as refusal:
            return refusal

    def _allowed(self, request: web.Request, name: str, params: Json) -> Method:
        method = METHODS.get(name)
        if method is None:
            raise Refusal("unknown_method", req_method=name)
        if name != "api.test":
            self._check_token(method, self._tokens.kind(_token(request, params)))
        self._slack.limits.count(name, method.tier)
        return method

    def _check_token(self, method: Method, kind: Token) -> None:
        if method.token is not kind:
            raise Refusal("not_allowed_token_type")
        granted = self._slack.manifest.scopes
        if method.scopes and granted.isdisjoint(method.scopes):
            raise missing_scope(method.scopes, granted)

    def _lost(self, request: web.Request, method: str, params: Json) -> web.StreamResponse:
        """The work is done, but the caller never hears of it."""
        self._note(method, params, 0, None)
        if request.transport:
            request.transport.abort()
        return web.Response()

    def _answered(self, method: str, params: Json, answer: Json | Refusal) -> web.Response:
        status, headers = 200, {"x-oauth-scopes": ",".join(sorted(self._slack.manifest.scopes))}
        if isinstance(answer, RateLimited):
            headers["retry-after"] = str(answer.retry_after)
        if isinstance(answer, Refusal):
            status, answer = answer.status, answer.answer()
        self._note(method, params, status, answer)
        return web.json_response(answer, status=status, headers=headers)

    def _note(self, method: str, params: Json, status: int, answer: Json | None) -> None:
        at = self._slack.pace.now()
        self._slack.journal.add(ApiCall(method, json_params(params), status, answer, at))
        self._slack.page.change.notify()


def _token(request: web.Request, params: Json) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else str(params.get("token", ""))


async def _params(request: web.Request) -> Json:
    """The arguments, from a JSON body, a form or the query."""
    params: Json = dict(request.query)
    if request.method != "POST":
        return params
    if request.content_type == JSON_BODY:
        body = decoded((await request.read()).decode("utf-8", "replace") or "{}")
        return params | (body if isinstance(body, dict) else {})
    form = await request.post()
    return params | {key: value for key, value in form.items() if isinstance(value, str)}
