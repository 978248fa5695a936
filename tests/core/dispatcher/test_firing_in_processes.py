"""Three real processes on one PostgreSQL fire what is due, while they are killed with -9."""

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dispatch_core.lifecycle import EndReason
from dispatch_core.planning.planner import Finish
from dispatch_core.records.database import utc_now
from dispatch_core.records.schedule_tables import SCHEDULES
from dispatch_core.views import RunView, ScheduleView, Submission
from tests.core import postgres
from tests.core.engine import ADA, Engine, open_engine

HOUSE = Path(__file__).parents[3]
MANY = 40
PATIENCE_SECONDS = 90.0


@asynccontextmanager
async def ticker(url: str, home: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    words = ("-m", "tests.core.dispatcher.ticker", url, str(home))
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, stdout=asyncio.subprocess.PIPE, cwd=HOUSE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def ready(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"


async def make(engine: Engine, number: int) -> ScheduleView:
    key = f"T1:C1:{number}"
    text = "every day at 12 say hello"
    return await engine.dispatcher.make_schedule(Submission(key, key, ADA, text, utc_now()))


async def all_come_at(engine: Engine, slot: datetime) -> None:
    moved = SCHEDULES.update().values(next_at=slot)
    await engine.store.write(lambda tx: tx.connection.execute(moved).rowcount)


async def runs_of(engine: Engine, schedule: ScheduleView) -> int:
    entries = await engine.dispatcher.thread(schedule.thread_key)
    return sum(isinstance(entry.body, RunView) for entry in entries)


async def finished(engine: Engine, count: int) -> int:
    """Do what is fired as it comes, until at least so many runs are done; returns how many."""
    done, patience = 0, time.monotonic() + PATIENCE_SECONDS
    while done < count:
        works = await engine.desk.claim("worker-1", MANY)
        finish = Finish(EndReason.DONE, "hello")
        await asyncio.gather(*[engine.desk.finish(work.claim, finish) for work in works])
        done += len(works)
        assert time.monotonic() < patience, f"{done} of {count} runs were fired"
    return done


@pytest.mark.processes
async def test_what_processes_that_are_killed_leave_is_fired_once_by_the_others(
    home: Path, postgres_server: Path
) -> None:
    url = postgres.new_database(postgres_server)
    # A lease that outlives a stall between a claim here and its end.
    async with open_engine(home, database_url=url, clock=utc_now, lease=600) as engine:  # type: ignore[arg-type]
        made = [await make(engine, number) for number in range(MANY)]
        async with ticker(url, home) as one, ticker(url, home) as other, ticker(url, home) as third:
            await asyncio.gather(ready(one), ready(other), ready(third))
            for victim in (one, other):
                await all_come_at(engine, utc_now())
                done = await finished(engine, 1)
                victim.send_signal(signal.SIGKILL)
                await finished(engine, MANY - done)
            await all_come_at(engine, utc_now() - timedelta(seconds=1))
            await finished(engine, MANY)
        assert [await runs_of(engine, schedule) for schedule in made] == [3] * MANY
        assert {one.skipped for one in await engine.dispatcher.schedules(ADA)} == {0}
