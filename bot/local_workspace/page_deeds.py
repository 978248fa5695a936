"""What people do on the page: POST requests under /workspace/."""

from typing import Any

from aiohttp import web

from bot.local_workspace import commands, modals, people
from bot.local_workspace.interactions import CHOICES, Click, act
from bot.local_workspace.json_text import Json
from bot.local_workspace.reactions import react
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.slack import Slack


class PageDeeds:
    """Each handler reads a JSON object, does one thing, and says `ok`."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/workspace/messages", self.say),
            web.post("/workspace/messages/edit", self.edit),
            web.post("/workspace/messages/delete", self.delete),
            web.post("/workspace/uploads", self.upload),
            web.post("/workspace/commands", self.command),
            web.post("/workspace/actions", self.action),
            web.post("/workspace/views/submit", self.submit_view),
            web.post("/workspace/views/close", self.close_view),
            web.post("/workspace/home", self.home),
            web.post("/workspace/reactions", self.reaction),
            web.post("/workspace/faults", self.fault),
            web.post("/workspace/reset", self.reset),
        ]

    async def say(self, request: web.Request) -> web.Response:
        asked = await asked_for(request)
        files = asked.get("file_ids") or ()
        user, channel = field(asked, "user"), field(asked, "channel")
        text, thread_ts = optional(asked, "text"), optional(asked, "thread_ts")
        ts = people.say(self._slack, user, channel, text, thread_ts or None, files)
        return web.json_response({"ok": True, "ts": ts})

    async def edit(self, request: web.Request) -> web.Response:
        asked = await asked_for(request)
        user, channel = field(asked, "user"), field(asked, "channel")
        people.edit(self._slack, user, channel, field(asked, "ts"), field(asked, "text"))
        return web.json_response({"ok": True})

    async def delete(self, request: web.Request) -> web.Response:
        asked = await asked_for(request)
        user, channel = field(asked, "user"), field(asked, "channel")
        people.remove(self._slack, user, channel, field(asked, "ts"))
        return web.json_response({"ok": True})

    async def upload(self, request: web.Request) -> web.Response:
        """A file for a later message: the form's fields `user` and `file`."""
        form = await request.post()
        part, user = form.get("file"), form.get("user")
        if not isinstance(part, web.FileField) or not isinstance(user, str):
            raise Refusal("missing_field", status=400, field="file and user")
        self._slack.directory.person(user)
        file_id = self._slack.files.add(user, part.filename, part.file.read())
        return web.json_response({"ok": True, "file": self._slack.files.shown(file_id)})

    async def command(self, request: web.Request) -> web.Response:
        asked = await asked_for(request)
        user, channel = field(asked, "user"), field(asked, "channel")
        command = field(asked, "command")
        await commands.run(self._slack, user, channel, command, optional(asked, "text"))
        return web.json_response({"ok": True})

    async def action(self, request: web.Request) -> web.Response:
        """`acknowledged` is false where the app stayed silent; an `error` event says so too."""
        asked = await asked_for(request)
        click = Click(
            user=field(asked, "user"),
            action_id=field(asked, "action_id"),
            block_id=optional(asked, "block_id"),
            channel=optional(asked, "channel"),
            message_ts=optional(asked, "message_ts"),
            view_id=optional(asked, "view_id"),
            choice={key: asked[key] for key in (*CHOICES, "value") if key in asked},
            state=values_of(asked),
        )
        return web.json_response({"ok": True, "acknowledged": await act(self._slack, click)})

    async def submit_view(self, request: web.Request) -> web.Response:
        asked = await asked_for(request)
        user, view_id = field(asked, "user"), field(asked, "view_id")
        errors = await modals.submit(self._slack, user, view_id, values_of(asked) or {})
        if errors is None:
            return web.json_response({"ok": True})
        return web.json_response({"ok": False, "errors": errors})

    async def close_view(self, request: web.Request) -> web.Response:
        asked = await asked_for(request)
        await modals.close(self._slack, field(asked, "user"), field(asked, "view_id"))
        return web.json_response({"ok": True})

    async def home(self, request: web.Request) -> web.Response:
        asked = await asked_for(request)
        return web.json_response({"view": modals.open_home(self._slack, field(asked, "user"))})

    async def reaction(self, request: web.Request) -> web.Response:
        asked = await asked_for(request)
        user = field(asked, "user")
        channel = people.seen_channel(self._slack, user, field(asked, "channel"))
        name, add = field(asked, "name"), asked.get("add") is not False
        react(self._slack, user, channel, field(asked, "ts"), name, add=add)
        return web.json_response({"ok": True})

    async def fault(self, request: web.Request) -> web.Response:
        asked = await asked_for(request)
        self._slack.faults.set(field(asked, "id"), asked.get("on") is True)
        return web.json_response({"faults": self._slack.faults.listed()})

    async def reset(self, request: web.Request) -> web.Response:
        await asked_for(request)
        self._slack.reset()
        return web.json_response({"ok": True})


async def asked_for(request: web.Request) -> Json:
    """The JSON object in the body. A foreign page can't send this type without a preflight."""
    if request.content_type != "application/json":
        raise Refusal("invalid_json", status=415)
    try:
        body: Any = await request.json()
    except (LookupError, RecursionError, ValueError):
        raise Refusal("invalid_json", status=400) from None
    if not isinstance(body, dict):
        raise Refusal("invalid_json", status=400)
    return body


def field(asked: Json, name: str) -> str:
    """A required text of the body."""
    value = optional(asked, name)
    if not value:
        raise Refusal("missing_field", status=400, field=name)
    return value


def optional(asked: Json, name: str) -> str:
    """A text of the body, empty when it is missing."""
    value = asked.get(name)
    return value if isinstance(value, str) else ""


def values_of(asked: Json) -> Json | None:
    """The values in `state`, by block and action."""
    state = asked.get("state")
    values = state.get("values") if isinstance(state, dict) else None
    return values if isinstance(values, dict) and values else None
