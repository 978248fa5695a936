"""The local workspace as a scenario's Slack, driven by what its page asks for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bot.local_workspace.pace import Pace
from bot.local_workspace.workspace import LocalWorkspace
from tests.acceptance.driver import Message, labelled

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
PATIENT = Pace(ack=30.0, trigger=30.0)
"""Slack's three seconds are no test's subject here; a machine that stalls would break them."""


class LocalSlack:
    """See tests/acceptance/driver.py for what each verb does."""

    def __init__(self, workspace: LocalWorkspace, session: aiohttp.ClientSession, way: str) -> None:
        self.team, self.general, self.mention = "T0DISPATCH", "C0GENERAL", "<@U0DISPATCH>"
        self.people = {"ada": "U0ADA", "grace": "U0GRACE"}
        self.workspace = workspace
        self._session = session
        self._way = way

    def environment(self) -> dict[str, str]:
        token = {"SLACK_APP_TOKEN": self.workspace.app_token} if self._way == "socket" else {}
        return {
            "SLACK_API_URL": self.workspace.api_url,
            "SLACK_BOT_TOKEN": self.workspace.bot_token,
            "SLACK_SIGNING_SECRET": self.workspace.signing_secret,
            **token,
        }

    async def dm(self, user: str) -> str:
        return f"D{user.removeprefix('U')}"

    async def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> str:
        said = {"user": user, "channel": channel, "text": text, "thread_ts": thread_ts}
        return str((await self._post("messages", said))["ts"])

    async def messages(self, user: str, channel: str) -> list[Message]:
        asked = {"user": user, "channel": channel}
        url = f"{self.workspace.url}/workspace/messages"
        async with self._session.get(url, params=asked) as reply:
            return [Message(raw) for raw in (await reply.json())["messages"]]

    async def click(self, user: str, channel: str, message: Message, label: str) -> None:
        shown = [m for m in await self.messages(user, channel) if m.ts == message.ts]
        button = next(b for m in (*shown, message) for b in m.buttons if labelled(b) == label)
        where = {"user": user, "channel": channel, "message_ts": message.ts}
        # Without its block_id, which is another one once the message is redrawn: a person presses
        # what stands there at that moment.
        what = {key: button[key] for key in ("action_id", "value")}
        await self._post("actions", where | what)

    async def command(self, user: str, channel: str, command: str, text: str) -> None:
        asked = {"user": user, "channel": channel, "command": command, "text": text}
        await self._post("commands", asked)

    async def download(self, file: dict[str, Any]) -> bytes:
        token = {"Authorization": f"Bearer {self.workspace.bot_token}"}
        async with self._session.get(file["url_private"], headers=token) as reply:
            reply.raise_for_status()
            return await reply.read()

    async def fault(self, fault: str, on: bool = True) -> None:
        """Switch one of the workspace's faults."""
        await self._post("faults", {"id": fault, "on": on})

    async def _post(self, verb: str, body: dict[str, Any]) -> dict[str, Any]:
        url = f"{self.workspace.url}/workspace/{verb}"
        async with self._session.post(url, json=body) as reply:
            answer: dict[str, Any] = await reply.json()
        assert answer.get("ok", True), answer
        return answer


@asynccontextmanager
async def local_slack(
    http_port: int, way: str = "socket", pace: Pace | None = None
) -> AsyncIterator[LocalSlack]:
    """A workspace on a free port; way is `socket`, or `events` for a server at http_port.

    Without a pace it waits longer for an answer than Slack does.
    """
    events_url = f"http://127.0.0.1:{http_port}/slack/events" if way == "events" else ""
    workspace = LocalWorkspace(MANIFEST, events_url=events_url, pace=pace or PATIENT)
    await workspace.start(port=0)
    try:
        async with aiohttp.ClientSession() as session:
            yield LocalSlack(workspace, session, way)
    finally:
        await workspace.stop()
