"""Two announcers whose processes share a real PostgreSQL, and are suspended in turn."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bot.announcer.bench import Bench
from tests.bot.announcer.suspended import process
from tests.core import postgres
from tests.core.engine import Clock, Engine, open_engine
from tests.core.much import many_messages


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    with postgres.server() as folder:
        yield folder


@dataclass
class Two:
    """The cores of two processes, and the clock of the database that they share."""

    one: Engine
    other: Engine
    clock: Clock

    def passes(self, until: bool) -> bool:
        """Whether it holds; else the time goes on by a second."""
        if not until:
            self.clock.move(seconds=1)
        return until


@asynccontextmanager
async def two(tmp_path: Path, server: Path) -> AsyncIterator[Two]:
    clock, url = Clock(), postgres.new_database(server)
    async with (
        open_engine(tmp_path / "one", clock=clock, database_url=url) as one,
        open_engine(tmp_path / "other", clock=clock, database_url=url) as other,
    ):
        yield Two(one, other, clock)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", [1, 2, 3])
async def test_wherever_one_is_suspended_each_message_stands_once(
    bench: Bench, tmp_path: Path, server: Path, step: int, after: bool
) -> None:
    thread = await bench.thread()

    def texts() -> list[str]:
        return [reply["text"] for reply in bench.replies(thread)]

    async with two(tmp_path, server) as cores:
        ids = await many_messages(cores.one, 3, thread)
        first_desk, second_desk = cores.one.dispatcher, cores.other.dispatcher
        async with process(bench, step, after=after, desk=first_desk) as first:
            await asyncio.wait_for(first.freezer.frozen.wait(), 60)
            async with process(bench, desk=second_desk) as second:
                # One renewal may have been on its way, so time goes on until it is out.
                await bench.until(lambda: cores.passes(second.meter.standing is False))
                await bench.until(lambda: len(set(texts())) == 3)
                first.freezer.thawed.set()
                await bench.until(lambda: first.meter.standing)
                await asyncio.wait_for(first.announcer._background.settled(), 60)
                await bench.until(lambda: len(texts()) == 3)
        places = [await first_desk.place_of(one) for one in ids]
    assert texts() == [f"message {number}" for number in range(3)]
    standing = [f"C0GENERAL/{reply['ts']}" for reply in bench.replies(thread)]
    assert [place[0] for place in places if place] == standing
