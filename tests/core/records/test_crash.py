"""PostgreSQL is killed and started again, or away: nothing is lost, and all goes on by itself."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from dispatch_core.abilities import ToolName
from dispatch_core.errors import StoreUnavailable
from dispatch_core.lifecycle import StepStatus
from dispatch_core.planning.direct import Direct
from dispatch_core.protocol import StepResult
from dispatch_core.routes.tool import Offer, StepContext
from dispatch_core.views import Receipt, Submission
from dispatch_core.worker import Worker
from tests.core import postgres
from tests.core.engine import ADA, Engine, open_engine
from tests.stopwatch import stopwatch

RUNS = 240
LEASE = 2.0


async def say(_context: StepContext, arguments: Mapping[str, Any]) -> StepResult:
    await asyncio.sleep(0)
    return StepResult(status=StepStatus.DONE, text=f"said {arguments['text']}")


@asynccontextmanager
async def working(engine: Engine, name: str) -> AsyncIterator[None]:
    """A worker and a clock, as each process has them."""
    tools = {ToolName.ANSWER: Offer(ToolName.ANSWER, say)}
    worker = Worker(engine.desk, engine.files, Direct(), tools, name=name, slots=8, lease=LEASE)

    async def tick() -> None:
        while True:
            with suppress(StoreUnavailable):
                await engine.upkeep.tick()
            await asyncio.sleep(0.2)

    tasks = [asyncio.create_task(worker.run()), asyncio.create_task(tick())]
    try:
        yield
    finally:
        await worker.close(1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def deliver(engine: Engine, number: int, at_once: asyncio.Semaphore) -> Receipt:
    """Submit until it is acknowledged, as Slack does; some at once, so that it takes a while."""
    thread = f"T1:C1:{number % 40}"
    message = Submission(thread, f"{thread}/{number}", ADA, f"hello {number}", engine.clock.now)
    while True:
        async with at_once:
            with suppress(StoreUnavailable):
                return await engine.dispatcher.submit(message)
        await asyncio.sleep(0.05)


async def until_ended(engine: Engine, runs: int) -> None:
    """Return once so many runs ended."""
    count = text("SELECT count(*) FROM run WHERE finished_at IS NOT NULL")
    deadline = time.monotonic() + 90
    while True:
        try:
            ended = await engine.store.read(lambda tx: tx.connection.scalar(count))
        except StoreUnavailable:
            ended = 0
        if ended == runs:
            return
        assert time.monotonic() < deadline, f"{ended} of {runs} ended"
        await asyncio.sleep(0.05)


async def test_a_server_that_is_killed_under_load_loses_nothing_and_repeats_nothing(
    home: Path, postgresql: postgres.Server, postgres_database: str
) -> None:
    settings = {"database_url": postgres_database, "lease": LEASE}
    async with AsyncExitStack() as stack:
        engines = [
            await stack.enter_async_context(open_engine(home, on_server_time=True, **settings))
            for _ in range(2)
        ]
        for number, engine in enumerate(engines):
            await stack.enter_async_context(working(engine, f"w{number}"))
        at_once = asyncio.Semaphore(16)
        delivering = [
            asyncio.create_task(deliver(engines[number % 2], number, at_once))
            for number in range(RUNS)
        ]
        await asyncio.wait(delivering, return_when=asyncio.FIRST_COMPLETED)
        assert not all(task.done() for task in delivering)
        for _ in range(2):
            await asyncio.to_thread(postgresql.crash)
            await asyncio.to_thread(postgresql.start)
            await asyncio.wait(delivering, timeout=0.1)
        receipts = await asyncio.gather(*delivering)
        await until_ended(engines[0], RUNS)
        assert len({receipt.run_id for receipt in receipts}) == RUNS
        await check(engines[1])


async def check(engine: Engine) -> None:
    """Each run ended as done, with one step that is done, and stands in its thread once."""

    def look(tx: Any) -> list[Any]:
        query = (
            "SELECT r.reason, r.answer, count(DISTINCT s.id), count(DISTINCT e.id)"
            " FROM run r JOIN step s ON s.run_id = r.id JOIN entry e ON e.subject_id = r.id"
            " WHERE s.status = 'done' GROUP BY r.id"
        )
        return list(tx.connection.execute(text(query)))

    rows = await engine.store.read(look)
    assert len(rows) == RUNS
    assert {(row[0], row[2], row[3]) for row in rows} == {("done", 1, 1)}
    assert len({row[1] for row in rows}) == RUNS


async def test_while_the_server_is_away_it_is_one_sentence_and_then_all_goes_on(
    processes: tuple[Engine, Engine], postgresql: postgres.Server
) -> None:
    one, other = processes
    run_id = await one.ask()
    postgresql.crash()
    words = (
        r"^The database does not take writes now \(.+\), so nothing was accepted; try again soon\.$"
    )
    with stopwatch() as watch:
        with pytest.raises(StoreUnavailable, match=words):
            await one.dispatcher.run(run_id)
        with pytest.raises(StoreUnavailable, match=words):
            await one.ask("is anybody there?")
        with pytest.raises(StoreUnavailable, match=words):
            await one.upkeep.tick()
    assert watch.seconds < 10
    postgresql.start()
    assert (await one.dispatcher.run(run_id)).id == run_id
    assert await other.ask()
    assert len(await other.desk.claim("w", 5)) == 1


async def test_a_devices_poll_outlives_a_restart_of_the_server(
    processes: tuple[Engine, Engine], postgresql: postgres.Server
) -> None:
    one, other = processes
    device = await one.pair()
    approval = await one.ask_for_shell()
    polling = asyncio.create_task(other.order(device, 25))
    await asyncio.sleep(0)
    await asyncio.to_thread(postgresql.stop)
    await asyncio.to_thread(postgresql.start)
    await one.approve(approval)
    async with asyncio.timeout(60):
        order = await polling or await other.order(device, 20)
    assert order is not None
    assert order.run_id == approval.run_id


async def ask_until_refused(engine: Engine) -> None:
    """A session hears of new settings a moment after the server was told to read them."""
    async with asyncio.timeout(60):
        while True:
            await engine.ask(thread=f"T1:C1:{next(engine.numbers)}")


async def test_a_standby_that_takes_no_writes_is_a_database_that_is_away(
    processes: tuple[Engine, Engine], postgresql: postgres.Server
) -> None:
    one, other = processes
    run_id = await one.ask()
    for engine in processes:
        engine.store.engine.dispose()
    read_only = "ALTER SYSTEM {} default_transaction_read_only"
    with psycopg.connect(
        f"host={postgresql.folder} user=dispatch dbname=postgres", autocommit=True
    ) as admin:
        admin.execute(read_only.format("SET") + " = on")
        admin.execute("SELECT pg_reload_conf()")
        try:
            for engine in processes:
                with pytest.raises(StoreUnavailable, match="read-only transaction"):
                    await ask_until_refused(engine)
            with pytest.raises(StoreUnavailable, match="read-only transaction"):
                await other.desk.claim("w", 1)
            assert (await one.dispatcher.run(run_id)).active
        finally:
            admin.execute("SET default_transaction_read_only = off")
            admin.execute(read_only.format("RESET"))
            admin.execute("SELECT pg_reload_conf()")
    assert len(await other.desk.claim("w", 1)) == 1
