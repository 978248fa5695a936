"""Old runs are forgotten whole, on both databases, a batch at a time."""

import asyncio

import pytest
from sqlalchemy import text

from dispatch_core.lifecycle import EndReason
from dispatch_core.planning.planner import Finish
from dispatch_core.records import retention
from dispatch_core.records.transaction import Transaction
from tests.core.engine import Engine
from tests.core.records.stopping import both_at_once

TABLES = ("run", "step", "approval", "artifact", "entry", "message", "thread")


async def end_some(engine: Engine, number: int, thread: str = "T1:C1") -> None:
    """So many runs that end, each in a thread of its own."""
    for each in range(number):
        await engine.ask(thread=f"{thread}:{each}")
    for work in await engine.desk.claim("w", number):
        planned = await engine.plan(work)
        assert planned is not None
        await engine.desk.finish(work.claim, Finish(EndReason.DONE, "x" * 2_000))


async def counts(engine: Engine) -> dict[str, int]:
    def look(tx: Transaction) -> dict[str, int]:
        ask = tx.connection.scalar
        return {name: int(ask(text(f"SELECT count(*) FROM {name}")) or 0) for name in TABLES}  # noqa: S608

    return await engine.store.read(look)


async def test_all_that_is_old_goes_though_it_is_more_than_a_batch(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    await end_some(engine, 8)
    engine.clock.move(days=91)
    await engine.upkeep.forget_old()
    assert set((await counts(engine)).values()) == {0}


async def test_what_is_young_or_active_stays(engine: Engine) -> None:
    await engine.ask(thread="T1:C1:active")
    engine.clock.move(days=91)
    await end_some(engine, 2)
    before = await counts(engine)
    await engine.upkeep.forget_old()
    assert await counts(engine) == before


async def test_a_thread_with_anything_left_in_it_stays(engine: Engine) -> None:
    await end_some(engine, 1)
    engine.clock.move(days=91)
    await engine.ask(thread="T1:C1:0")
    await engine.upkeep.forget_old()
    after = await counts(engine)
    assert (after["thread"], after["run"], after["entry"]) == (1, 1, 2)


async def test_two_processes_forget_the_same_things_without_a_fault(
    processes: tuple[Engine, Engine],
) -> None:
    one, other = processes
    await end_some(one, 6)
    one.clock.move(days=91)
    outcomes = await both_at_once(one, one.upkeep.forget_old(), other.upkeep.forget_old())
    assert outcomes == [None, None]
    await other.upkeep.forget_old()
    assert set((await counts(one)).values()) == {0}


async def test_a_message_into_a_thread_that_is_just_forgotten_is_taken(
    processes: tuple[Engine, Engine],
) -> None:
    one, other = processes
    await end_some(one, 1)
    one.clock.move(days=91)
    keep = one.clock.now

    async def forget() -> int:
        return await one.store.write(lambda tx: retention.delete_runs_ended_before(tx, keep))

    async def ask() -> str:
        return await other.ask(thread="T1:C1:0")

    deleted, run_id = await both_at_once(one, forget(), ask())
    assert deleted == 1
    assert (await one.dispatcher.run(str(run_id))).active
    assert len(await one.dispatcher.thread("T1:C1:0")) == 2


async def test_a_thread_that_a_message_has_just_come_into_is_not_forgotten(
    processes: tuple[Engine, Engine],
) -> None:
    one, other = processes
    await end_some(one, 1)
    one.clock.move(days=91)
    run_id, _ = await both_at_once(one, one.ask(thread="T1:C1:0"), other.upkeep.forget_old())
    assert (await one.dispatcher.run(str(run_id))).active
    await asyncio.gather(other.upkeep.forget_old(), one.upkeep.forget_old())
    assert len(await one.dispatcher.thread("T1:C1:0")) == 2
