"""A bare Socket Mode client, for tests that look at envelopes."""

import asyncio
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_workspace.workspace import LocalWorkspace

Json = dict[str, Any]


class Socket:
    """A bare Socket Mode client that acknowledges only when told to."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def next(self) -> Json:
        async with asyncio.timeout(60):
            return dict(await self._socket.receive_json())

    async def ack(self, envelope: Json, payload: Json | None = None) -> None:
        answer: Json = {"envelope_id": envelope["envelope_id"]}
        await self._socket.send_json(answer | ({"payload": payload} if payload else {}))

    async def event(self) -> Json:
        """The next event's body, acknowledged."""
        envelope = await self.next()
        await self.ack(envelope)
        return dict(envelope["payload"])

    async def ended(self) -> bool:
        async with asyncio.timeout(60):
            return (await self._socket.receive()).type in {
                aiohttp.WSMsgType.CLOSE,
                aiohttp.WSMsgType.CLOSED,
                aiohttp.WSMsgType.CLOSING,
            }


class Wire:
    """Opens sockets, as the SDK does."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._kept: list[Socket] = []

    async def open(self, workspace: LocalWorkspace) -> Socket:
        socket = await self.bare(workspace)
        assert (await socket.next())["type"] == "hello"
        return socket

    async def bare(self, workspace: LocalWorkspace) -> Socket:
        client = AsyncWebClient(base_url=workspace.api_url)
        url = (await client.apps_connections_open(app_token=workspace.app_token))["url"]
        self._kept.append(Socket(await self._session.ws_connect(url)))
        return self._kept[-1]
