"""Slack at its worst, all at once: 20 messages are 20 runs, shown rightly and once."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.local_workspace.pace import Pace
from tests.acceptance.driver import Message, eventually
from tests.acceptance.local_slack import LocalSlack, local_slack
from tests.acceptance.processes import serving

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

MESSAGES = 20
# The issue's own numbers, in seconds.
RATE_LIMITED = 60.0
FAILING = 15.0
DROPS = 8


async def trouble(slack: LocalSlack) -> None:
    """429 for a minute, within it 500 for fifteen seconds, and sockets dropped meanwhile."""
    await slack.fault("rate_limit")
    await slack.fault("server_error")
    for _ in range(DROPS):
        await slack.fault("disconnect")
        await asyncio.sleep(FAILING / DROPS)
    await slack.fault("server_error", False)
    await asyncio.sleep(RATE_LIMITED - FAILING)
    await slack.fault("rate_limit", False)


async def test_twenty_messages_through_trouble_are_twenty_runs_shown_once(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    port = free_port()
    async with (
        local_slack(port, pace=Pace()) as slack,
        serving(tmp_path / "server", port, slack.environment()) as server,
    ):
        await slack.say("U0ADA", "C0GENERAL", f"{slack.mention} hello")
        await slack.fault("duplicates")
        storm = asyncio.create_task(trouble(slack))
        asked = [await ask(slack, number) for number in range(MESSAGES)]
        await storm
        await slack.fault("duplicates", False)

        async def all_shown() -> list[Message] | None:
            seen = await slack.messages("U0ADA", "C0GENERAL")
            done = [m for m in seen if "completed" in m.words and "asked by" in m.words]
            return seen if len(done) > MESSAGES else None

        seen = await eventually(all_shown, "all cards", patience=120, watched=server.failure)
    cards = Counter(m.raw["thread_ts"] for m in seen if "asked by" in m.words)
    assert {ts: cards[ts] for ts in asked} == dict.fromkeys(asked, 1)
    answers = {m.raw["thread_ts"]: m.words for m in seen if "asked by" in m.words}
    for number, ts in enumerate(asked):
        assert re.search(rf"\b{number * 7}\b", answers[ts]), answers[ts]


async def ask(slack: LocalSlack, number: int) -> str:
    """A question whose answer tells it from the others, a while after the last one."""
    await asyncio.sleep(FAILING / MESSAGES)
    return await slack.say("U0ADA", "C0GENERAL", f"{slack.mention} what is {number} * 7?")
