"""The cage holds, and the emulator can be driven as the scenarios drive it."""

import os
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from tests.foreign.emulator import ForeignSlack, foreign_slack, missing

pytestmark = [
    pytest.mark.foreign,
    pytest.mark.skipif(bool(missing()) and not os.environ.get("CI"), reason=missing()),
]


async def test_the_emulator_keeps_what_a_person_said(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    async with foreign_slack(tmp_path, free_port(), free_port(), "socket") as slack:
        ts = await slack.say("U0ADA", slack.general, "hello")
        seen = await slack.messages("U0GRACE", slack.general)
        assert [(m.ts, m.words) for m in seen] == [(ts, "hello")]


async def test_only_this_machine_reaches_the_emulator(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    port = free_port()
    async with foreign_slack(tmp_path, port, free_port(), "socket"):
        assert _addresses_that_have(port) == {"0100007F"}


async def test_a_reply_of_the_bot_carries_its_blocks(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    async with foreign_slack(tmp_path, free_port(), free_port(), "socket") as slack:
        await _post(slack, {"type": "section", "text": {"type": "mrkdwn", "text": "done"}})
        [message] = await slack.messages("U0ADA", slack.general)
        assert message.words == "done"


def _addresses_that_have(port: int) -> set[str]:
    """The local addresses of all sockets at the port, as the kernel writes them in hex."""
    tables = (Path(f"/proc/net/{table}").read_text() for table in ("tcp", "tcp6"))
    sockets = (line.split()[1] for table in tables for line in table.splitlines()[1:])
    return {where.split(":")[0] for where in sockets if where.endswith(f":{port:04X}")}


async def _post(slack: ForeignSlack, block: dict[str, object]) -> None:
    body = {"channel": slack.general, "text": "fallback", "blocks": [block]}
    token = {"Authorization": f"Bearer {slack.environment()['SLACK_BOT_TOKEN']}"}
    url = slack.environment()["SLACK_API_URL"] + "chat.postMessage"
    async with (
        aiohttp.ClientSession(headers=token) as session,
        session.post(url, json=body) as reply,
    ):
        assert (await reply.json())["ok"]
