"""local-slack (npm, MIT), started where nobody but this machine can reach it, and its driver."""

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.acceptance.driver import Message, eventually
from tests.foreign.cage import tcp_to_unix, unix_to_tcp

HERE = Path(__file__).parent
BINARY = HERE / "node_modules/local-slack-linux-x64/bin/local-slack"
TEAM, ADA, GRACE, BOT = "T0FOREIGN", "U0ADA", "U0GRACE", "U0DISPATCH"
GENERAL = "C0GENERAL"


def missing() -> str:
    """What has to be there and is not, or nothing."""
    if not BINARY.exists():
        return "local-slack is not installed; type: make install"
    if not shutil.which("bwrap"):
        return "bubblewrap is not installed, and local-slack is not run without a cage"
    return ""


def _config(mode: str, events_port: int) -> dict[str, Any]:
    return {
        "workspace": {"name": "Foreign", "domain": "foreign", "teamId": TEAM},
        "app": {
            "appId": "A0DISPATCH",
            "botUserId": BOT,
            "botName": "dispatch",
            "botToken": "xoxb-foreign",
            "appToken": "xapp-foreign",
            "signingSecret": "foreign-secret",
            "mode": mode,
            "requestUrl": f"http://127.0.0.1:{events_port}/slack/events",
        },
        "users": [
            {"id": ADA, "name": "ada", "real_name": "Ada Lovelace", "tz": "Europe/London"},
            {"id": GRACE, "name": "grace", "real_name": "Grace Hopper", "tz": "Europe/London"},
        ],
        "channels": [{"id": GENERAL, "name": "general", "members": [ADA, GRACE, BOT]}],
    }


def _caged(folder: Path, port: int, events_port: int) -> list[str]:
    return [
        *("bwrap", "--unshare-net", "--unshare-pid", "--die-with-parent"),
        *("--dev-bind", "/", "/", "--proc", "/proc", "--"),
        *(sys.executable, str(HERE / "cage.py"), str(folder), str(port), str(events_port)),
        *(str(BINARY), "--config", str(folder / "config.json"), "--port", str(port)),
        *("--base-host", "127.0.0.1", "--files-dir", str(folder / "files")),
    ]


class ForeignSlack:
    """local-slack as a scenario's Slack; see tests/acceptance/driver.py for what each verb does."""

    def __init__(self, session: aiohttp.ClientSession, port: int, mode: str, events_port: int):
        self.team, self.general, self.mention = TEAM, GENERAL, f"<@{BOT}>"
        self.people = {"ada": ADA, "grace": GRACE}
        self._session = session
        self._url = f"http://127.0.0.1:{port}"
        self._mode = mode
        self._events_port = events_port

    def environment(self) -> dict[str, str]:
        way = {"socket": {"SLACK_APP_TOKEN": "xapp-foreign"}, "events": {}}[self._mode]
        return {
            "SLACK_API_URL": f"{self._url}/api/",
            "SLACK_BOT_TOKEN": "xoxb-foreign",
            "SLACK_SIGNING_SECRET": "foreign-secret",
            "DISPATCH_HTTP_PORT": str(self._events_port),
            **way,
        }

    async def answers(self) -> bool:
        """Whether it has come up."""
        try:
            async with self._session.get(f"{self._url}/_control/state") as reply:
                return reply.status == 200
        except aiohttp.ClientError:
            return False

    async def dm(self, user: str) -> str:
        form = {"token": "xoxb-foreign", "users": user}
        async with self._session.post(f"{self._url}/api/conversations.open", data=form) as reply:
            return str((await reply.json())["channel"]["id"])

    async def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> str:
        asked = {"channel": channel, "user": user, "text": text}
        if thread_ts:
            asked["thread_ts"] = thread_ts
        return str((await self._control("message", asked))["message"]["ts"])

    async def messages(self, user: str, channel: str) -> list[Message]:
        async with self._session.get(f"{self._url}/_control/messages/{channel}") as reply:
            found = (await reply.json())["messages"]
        return [Message(m) for m in found if m.get("ephemeral_to", user) == user]

    async def click(self, user: str, channel: str, message: Message, label: str) -> None:
        where = {"channel": channel, "messageTs": message.ts, "user": user}
        await self._control("interact", {**where, "action": message.button(label)})

    async def command(self, user: str, channel: str, command: str, text: str) -> None:
        asked = {"channel": channel, "user": user, "command": command, "text": text}
        await self._control("command", asked)

    async def download(self, file: dict[str, Any]) -> bytes:
        token = {"Authorization": "Bearer xoxb-foreign"}
        async with self._session.get(file["url_private"], headers=token) as reply:
            reply.raise_for_status()
            return await reply.read()

    async def _control(self, verb: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self._session.post(f"{self._url}/_control/{verb}", json=body) as reply:
            answer: dict[str, Any] = await reply.json()
        assert answer["ok"], answer
        return answer


@asynccontextmanager
async def foreign_slack(
    folder: Path, port: int, events_port: int, mode: str
) -> AsyncIterator[ForeignSlack]:
    """Start local-slack in its cage on 127.0.0.1:port; mode is `socket` or `events`."""
    (folder / "config.json").write_text(json.dumps(_config(mode, events_port)))
    way_out = await unix_to_tcp(folder / "out", events_port)
    way_in = await tcp_to_unix(port, folder / "in")
    log = (folder / "emulator.log").open("wb")
    emulator = await asyncio.create_subprocess_exec(
        *_caged(folder, port, events_port), stdout=log, stderr=log
    )
    try:
        async with aiohttp.ClientSession() as session:
            slack = ForeignSlack(session, port, mode, events_port)
            await eventually(slack.answers, "local-slack to come up")
            yield slack
    finally:
        emulator.kill()
        await emulator.wait()
        log.close()
        way_in.close()
        way_out.close()
