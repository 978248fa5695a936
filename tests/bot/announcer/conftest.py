"""A real announcer between an outbox in memory and a whole Slack on this machine."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.local_workspace.pace import Pace
from bot.local_workspace.workspace import LocalWorkspace
from tests.bot.announcer.bench import Bench
from tests.bot.announcer.shelf import FastClock, Shelf

MANIFEST = Path(__file__).parents[3] / "manifest.yml"


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    clock = FastClock()
    slack = LocalWorkspace(MANIFEST, pace=Pace(monotonic=clock.time, now=clock.time, share=0))
    await slack.start(port=0)
    async with aiohttp.ClientSession() as session:
        yield Bench(Shelf(tmp_path), clock, slack, session)
    await slack.stop()
