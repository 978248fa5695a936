"""What the page reads: GET requests under /workspace/, and the stream of what happens."""

import asyncio
from contextlib import suppress

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler

from bot.local_workspace import people
from bot.local_workspace.directory import APP, BOT_USER, TEAM, TEAM_NAME, Channel, Person
from bot.local_workspace.json_text import Json, compact
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.sentences import told
from bot.local_workspace.signals import PageEvent
from bot.local_workspace.slack import Slack
from bot.local_workspace.transfers import sent

HEARTBEAT = 15.0
"""Seconds of silence after which an SSE comment keeps the connection alive."""


class PageApi:
    """The people's side of the workspace."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/workspace/state", self.state),
            web.get("/workspace/messages", self.messages),
            web.get("/workspace/events", self.events),
            web.get("/workspace/files/{file_id}", self.file),
            web.get("/files/{user}/{file_id}/{name}", self.file),
        ]

    async def state(self, _request: web.Request) -> web.Response:
        slack = self._slack
        return web.json_response(
            {
                "team": {"id": TEAM, "name": TEAM_NAME},
                "bot": _bot(slack),
                "users": [_user(person) for person in slack.directory.people.values()],
                "channels": [_channel(one) for one in slack.directory.channels.values()],
                "faults": slack.faults.listed(),
            }
        )

    async def messages(self, request: web.Request) -> web.Response:
        user = request.query.get("user", "")
        channel = people.seen_channel(self._slack, user, request.query.get("channel", ""))
        return web.json_response({"messages": self._slack.messages.seen_by(channel.id, user)})

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events, for as long as the page stays open."""
        user = self._slack.directory.person(request.query.get("user", "")).id
        stream = web.StreamResponse(
            headers={"content-type": "text/event-stream", "cache-control": "no-store"}
        )
        # Whoever closes the window is gone when the next event is written: no fault of anybody's.
        with self._slack.page.subscribed(user) as queue, suppress(ConnectionResetError):
            await stream.prepare(request)
            await stream.write(b": hello\n\n")
            while (text := await _next_text(queue)) is not None:
                await stream.write(text.encode())
        return stream

    async def file(self, request: web.Request) -> web.Response:
        """A file's bytes for the page."""
        inline = request.query.get("inline") == "1"
        return sent(self._slack, request.match_info["file_id"], inline=inline)


async def _next_text(queue: asyncio.Queue[PageEvent | None]) -> str | None:
    """The next event as it is streamed, or a sign of life; None at the end."""
    try:
        async with asyncio.timeout(HEARTBEAT):
            event = await queue.get()
    except TimeoutError:
        return ": still here\n\n"
    return f"event: {event.name}\ndata: {compact(event.data)}\n\n" if event else None


def _bot(slack: Slack) -> Json:
    return {
        "user_id": BOT_USER,
        "name": slack.directory.person(BOT_USER).name,
        "app_id": APP,
        "commands": [
            {key: one.get(key, "") for key in ("command", "description", "usage_hint")}
            for one in slack.manifest.commands
        ],
        "connected": slack.connected,
    }


def _user(person: Person) -> Json:
    return {
        "id": person.id,
        "name": person.name,
        "real_name": person.real_name,
        "title": person.title,
        "color": person.color,
        "is_bot": person.bot,
        "is_restricted": person.restricted,
    }


def _channel(channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "is_im": channel.is_im,
        "user": channel.user,
        "topic": channel.topic,
    }


@web.middleware
async def refusals_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A refusal becomes `{ok: false, error: sentence}`; 400 unless it names another status."""
    try:
        return await handler(request)
    except Refusal as refusal:
        status = refusal.status if refusal.status != 200 else 400
        return web.json_response(told(refusal), status=status)
    except HttpProcessingError:
        return web.json_response(told(Refusal("invalid_form_data")), status=400)
