"""One Socket Mode connection: opened, judged alive or not, and closed without hanging."""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.connection.identity import FINAL, reason_of
from bot.connection.web_api import on_this_machine
from bot.errors import SignInRefused, Unreadable
from bot.incoming.reading import readable

log = logging.getLogger(__name__)

CONNECT_SECONDS = 20.0
CLOSE_SECONDS = 5.0
TOO_MANY = "too_many_websockets"
_FINAL = FINAL | {"missing_scope", "not_allowed_token_type"}


class _Handler(AsyncSocketModeHandler):
    """Acknowledges what can't be read, too: it would come again, and be no better."""

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        try:
            readable(req.payload, mode="socket_mode")
        except Unreadable as problem:
            log.warning("An envelope (%s) was let go: %s", req.type, problem)
            await client.send_socket_mode_response(SocketModeResponse(req.envelope_id))
        else:
            await super().handle(client, req)


class SocketLink:
    """heard_at is when the last frame came, Slack's hello included, by the given clock."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        client: AsyncWebClient,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._handler = _Handler(app, app_token, web_client=client)
        self._client = client
        self._clock = clock
        self.heard_at = clock()
        self._heard = asyncio.Event()
        self._refused = False
        if on_this_machine(client.base_url):
            self._handler.client.proxy = None
        self._handler.client.message_listeners.append(self._on_frame)
        self._handler.client.on_message_listeners.append(self._on_raw_frame)

    async def open(self) -> None:
        """Connect and await Slack's hello; SignInRefused, or OSError where there is no place."""
        self._heard.clear()
        self._handler.client.wss_uri = await self._address()
        await self._handler.client.connect()  # type: ignore[no-untyped-call]
        await self._greeting()

    async def knock(self) -> None:
        """Take a new connection; a live one answers with a hello."""
        self._heard.clear()
        await self._handler.client.connect_to_new_endpoint(force=True)
        await self._greeting()

    async def alive(self) -> bool:
        """Whether the socket can bring anything; is_connected alone ignores a closed session."""
        client = self._handler.client
        return not client.aiohttp_client_session.closed and await client.is_connected()

    async def close(self) -> None:
        """Close within a few seconds, whatever the other side does."""
        try:
            closing = self._handler.client.close()  # type: ignore[no-untyped-call]
            await asyncio.wait_for(closing, CLOSE_SECONDS)
        except TimeoutError:
            log.warning("Slack's socket did not close in time and was left behind")
        finally:
            await self._let_go()

    async def _address(self) -> str:
        token = self._handler.app_token
        try:
            answer = await self._client.apps_connections_open(app_token=token)
        except SlackApiError as fault:
            if (why := reason_of(fault)) in _FINAL:
                raise SignInRefused(name="SLACK_APP_TOKEN", why=why) from None
            raise
        return str(answer["url"])

    async def _let_go(self) -> None:
        """What close() skips when it hangs: its tasks and its session."""
        client = self._handler.client
        tasks = (client.message_processor, client.current_session_monitor, client.message_receiver)
        left = [task for task in tasks if task is not None]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await client.aiohttp_client_session.close()

    async def _on_frame(self, _client: Any, _message: Any, _raw: Any) -> None:
        self.heard_at = self._clock()
        self._heard.set()

    async def _on_raw_frame(self, frame: Any) -> None:
        """See a goodbye, which the SDK keeps to itself; it would try again without a pause."""
        # A person may have written the word, so what the frame is has to be read.
        if TOO_MANY in frame.data and json.loads(frame.data).get("reason") == TOO_MANY:
            self._refused = True
            self._heard.set()

    async def _greeting(self) -> None:
        await self._heard.wait()
        if self._refused:
            log.warning("Slack has no place for this socket: ten at most serve one app")
            raise ConnectionRefusedError(TOO_MANY)
