"""A real announcer between an outbox in memory and a whole Slack on this machine."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.announcer.announcer import Announcer
from bot.announcer.meter import Meter
from bot.announcer.outbox import Outbox
from bot.connection.web_api import posting_client
from bot.local_workspace.workspace import LocalWorkspace
from tests.bot.announcer.shelf import FastClock, Shelf


@dataclass
class Bench:
    """All that a test of the announcer touches."""

    shelf: Shelf
    clock: FastClock
    slack: LocalWorkspace
    session: aiohttp.ClientSession

    async def thread(self, channel: str = "C0GENERAL", text: str = "do it") -> str:
        ts = await self.slack.say("U0ADA", channel, text)
        return f"T0DISPATCH:{channel}:{ts}"

    def client(self, session: aiohttp.ClientSession | None = None) -> AsyncWebClient:
        return posting_client(self.slack.bot_token, self.slack.api_url, session or self.session)

    def announcer(
        self,
        outbox: Outbox | None = None,
        session: aiohttp.ClientSession | None = None,
        meter: Meter | None = None,
    ) -> Announcer:
        """A new process: nothing in its memory."""
        return Announcer(outbox or self.shelf, self.client(session), self.clock, meter)

    def replies(self, thread_key: str) -> list[dict[str, Any]]:
        _, channel, ts = thread_key.split(":")
        return [one for one in self.slack.thread(channel, ts) if one["ts"] != ts]

    def calls(self, method: str, *, fine: bool = False) -> list[dict[str, Any]]:
        made = [one for one in self.slack.calls if one.method == method]
        return [one.params for one in made if not fine or (one.answer or {}).get("ok")]

    async def until(self, holds: Callable[[], object]) -> None:
        """Return once it holds; fails after a minute."""
        async with asyncio.timeout(60):
            while not holds():  # noqa: ASYNC110 (a dict has no event)
                await asyncio.sleep(0.001)

    def all_announced(self) -> bool:
        return all(one.announced == one.revision for one in self.shelf.entries.values())
