"""Socket Mode: tickets, connections, envelopes and their acknowledgements."""

import asyncio
import secrets
import uuid
from collections.abc import Callable

from aiohttp import WSMsgType, web

from bot.local_workspace.delivery import Kind, NotAcknowledged, Parcel
from bot.local_workspace.directory import APP
from bot.local_workspace.json_text import Json, compact, decoded
from bot.local_workspace.pace import Pace

MOST_CONNECTIONS = 10
CONNECTION_SECONDS = 18_060
"""What a real hello says about how long the connection will live."""


class Sockets:
    """The app's open connections. Each envelope goes to one of them."""

    def __init__(self, pace: Pace, on_change: Callable[[], None]) -> None:
        self._pace = pace
        self._on_change = on_change
        self._tickets: dict[str, float] = {}
        self._open: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._anybody = asyncio.Event()
        self._turn = 0
        self.pinned: int | None = None
        """The connection that gets all envelopes, in the order of opening; None: each in turn."""

    @property
    def connected(self) -> bool:
        return bool(self._open)

    @property
    def count(self) -> int:
        """How many connections are open."""
        return len(self._open)

    async def ready(self) -> None:
        await self._anybody.wait()

    def new_ticket(self) -> str:
        """A ticket for one connection, good for 30 s."""
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = self._pace.monotonic() + 30
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The endpoint that apps.connections.open gave out."""
        until = self._tickets.pop(request.query.get("ticket", ""), 0.0)
        if until < self._pace.monotonic():
            return web.Response(status=403, text="The ticket is unknown or used up.")
        socket = web.WebSocketResponse(heartbeat=30, autoping=True)
        await socket.prepare(request)
        if len(self._open) >= MOST_CONNECTIONS:
            await _disconnect(socket, "too_many_websockets")
            return socket
        await socket.send_str(compact(self._hello()))
        await self._listen(socket)
        return socket

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        self._open.append(socket)
        self._changed()
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._acknowledge(decoded(frame.data))
        finally:
            self._forget(socket)

    def _forget(self, socket: web.WebSocketResponse) -> None:
        if socket in self._open:
            self._open.remove(socket)
            self._changed()

    def _changed(self) -> None:
        if self._open:
            self._anybody.set()
        else:
            self._anybody.clear()
        self._on_change()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._open) + 1,
            "debug_info": _debug_info(),
            "connection_info": {"app_id": APP},
        }

    def _acknowledge(self, frame: object) -> None:
        if not isinstance(frame, dict):
            return
        waiting = self._waiting.get(str(frame.get("envelope_id")))
        if waiting and not waiting.done():
            waiting.set_result(frame.get("payload") or {})

    async def send(self, parcel: Parcel) -> Json:
        if not self._open:
            raise NotAcknowledged("connection_failed")
        envelope_id = str(uuid.uuid4())
        waiting: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = waiting
        try:
            async with asyncio.timeout(self._pace.ack):
                await self._next().send_str(compact(_envelope(envelope_id, parcel)))
                return await waiting
        except TimeoutError:
            raise NotAcknowledged("timeout") from None
        except ConnectionError:
            raise NotAcknowledged("connection_failed") from None
        finally:
            del self._waiting[envelope_id]

    def _next(self) -> web.WebSocketResponse:
        if self.pinned is not None and self.pinned < len(self._open):
            return self._open[self.pinned]
        self._turn += 1
        return self._open[self._turn % len(self._open)]

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to come again, as Slack does with its own restarts."""
        for socket in list(self._open):
            await socket.send_str(compact(_goodbye(reason)))

    async def drop(self) -> None:
        """Cut every connection off without a word."""
        dropped = list(self._open)
        for socket in dropped:
            self._forget(socket)
        for socket in dropped:
            await socket.close(code=1001, drain=False)

    async def close(self) -> None:
        """The workspace stops."""
        await self.drop()


def _envelope(envelope_id: str, parcel: Parcel) -> Json:
    envelope: Json = {
        "envelope_id": envelope_id,
        "type": parcel.kind,
        "payload": parcel.payload,
        "accepts_response_payload": parcel.kind is not Kind.EVENT,
    }
    if parcel.kind is Kind.EVENT:
        envelope |= {"retry_attempt": parcel.retry, "retry_reason": parcel.reason}
    return envelope


def _goodbye(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-local"}}


def _debug_info() -> Json:
    return {
        "host": "applink-local",
        "build_number": 1,
        "approximate_connection_time": CONNECTION_SECONDS,
    }


async def _disconnect(socket: web.WebSocketResponse, reason: str) -> None:
    await socket.send_str(compact(_goodbye(reason)))
    await socket.close()
