"""A real announcer between an outbox in memory and a whole Slack on this machine."""

from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.announcer.announcer import Announcer
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

    def client(self) -> AsyncWebClient:
        return posting_client(self.slack.bot_token, self.slack.api_url, self.session)

    def announcer(self, outbox: Outbox | None = None) -> Announcer:
        """A new process: nothing in its memory."""
        return Announcer(outbox or self.shelf, self.client(), self.clock)

    def replies(self, thread_key: str) -> list[dict[str, Any]]:
        _, channel, ts = thread_key.split(":")
        return [one for one in self.slack.thread(channel, ts) if one["ts"] != ts]

    def calls(self, method: str, *, fine: bool = False) -> list[dict[str, Any]]:
        made = [one for one in self.slack.calls if one.method == method]
        return [one.params for one in made if not fine or (one.answer or {}).get("ok")]

    def all_announced(self) -> bool:
        return all(one.announced == one.revision for one in self.shelf.entries.values())
