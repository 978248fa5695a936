"""Runs, on both databases: each move names the status it leaves, and an end is never left."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from dispatch_core.errors import IllegalMove, NotFound
from dispatch_core.lifecycle import (
    ACTIVE,
    CORE_DESK,
    ENDS,
    TERMINAL,
    EndReason,
    RunStatus,
    may_move,
)
from dispatch_core.records import claims, runs
from dispatch_core.records.tables import RUNS
from dispatch_core.records.transaction import Transaction
from tests.core.engine import ADA, Engine

REASONS = {status: reason for reason, status in ENDS.items()}
BROKEN = (
    "UPDATE run SET status = 'running'",
    "UPDATE run SET status = 'completed'",
    "UPDATE run SET reason = 'done', finished_at = asked_at",
    "UPDATE run SET owner = 'w', lease_until = asked_at",
    "UPDATE run SET status = 'resting'",
    "UPDATE entry SET announced = revision + 1",
    "UPDATE entry SET position = 1",
)


async def stand(engine: Engine, run_id: str, status: RunStatus) -> None:
    """Put a run where a test wants it, past all verbs."""

    def put(tx: Transaction) -> None:
        running, ended = status is RunStatus.RUNNING, status in TERMINAL
        values = {
            "status": status,
            "owner": "w" if running else None,
            "lease_until": tx.now if running else None,
            "reason": REASONS[status] if ended else None,
            "finished_at": tx.now if ended else None,
        }
        tx.connection.execute(update(RUNS).where(RUNS.c.id == run_id).values(values))

    await engine.store.write(put)


async def test_a_move_happens_from_the_named_status_and_from_no_other(engine: Engine) -> None:
    run_id = await engine.ask()
    for status in RunStatus:
        await stand(engine, run_id, status)
        named = [other for other in ACTIVE if other is not status]

        def end(tx: Transaction, named: list[RunStatus] = named) -> bool:
            return runs.end_if(tx, run_id, named, EndReason.STOPPED)

        assert not await engine.store.write(end)
        assert (await engine.dispatcher.run(run_id)).status is status


async def test_a_move_that_the_life_cycle_lacks_is_refused(engine: Engine) -> None:
    run_id = await engine.ask()
    for status in TERMINAL:
        assert not may_move(status, RunStatus.QUEUED)
        with pytest.raises(IllegalMove):
            await engine.store.write(lambda tx, s=status: runs.queue_if(tx, run_id, [s], CORE_DESK))


async def test_each_move_makes_every_earlier_claim_stale(engine: Engine) -> None:
    await engine.ask()
    work = await engine.claim()
    await engine.desk.give_back(work.claim)
    again = await engine.claim()
    assert again.claim.version > work.claim.version
    assert again.claim.run_id == work.claim.run_id


async def test_a_stop_is_asked_of_a_running_run_only(engine: Engine) -> None:
    run_id = await engine.ask()
    assert not await engine.store.write(lambda tx: runs.request_stop(tx, run_id, ADA))
    await engine.claim()
    assert await engine.store.write(lambda tx: runs.request_stop(tx, run_id, ADA))
    assert await engine.store.read(lambda tx: runs.stops_asked(tx, [run_id])) == {run_id}


async def test_a_run_that_is_unknown_is_said_to_be(engine: Engine) -> None:
    with pytest.raises(NotFound, match="run nowhere"):
        await engine.store.read(lambda tx: runs.get(tx, "nowhere"))
    with pytest.raises(NotFound, match="run nowhere"):
        await engine.store.write(lambda tx: runs.hold(tx, "nowhere"))


async def test_claims_go_by_age_and_up_to_the_limit(engine: Engine) -> None:
    asked = []
    for number in range(5):
        asked.append(await engine.ask(thread=f"T1:C1:{number}"))
        engine.clock.move(seconds=1)
    first = await engine.desk.claim("w", 2)
    second = await engine.desk.claim("w", 10)
    assert [work.claim.run_id for work in (*first, *second)] == asked
    assert await engine.desk.claim("w", 10) == []


async def test_a_claim_takes_from_its_own_desk_only(engine: Engine) -> None:
    await engine.ask()

    def elsewhere(tx: Transaction) -> list[object]:
        far = tx.now - timedelta(minutes=1)
        return claims.claim(tx, "another", "w", limit=5, lease=15, live_since=far)

    assert await engine.store.write(elsewhere) == []
    assert len(await engine.desk.claim("w", 5)) == 1


async def test_a_lease_runs_out_by_the_clock_and_not_before(engine: Engine) -> None:
    await engine.ask()
    await engine.claim()
    engine.clock.move(seconds=engine.upkeep.settings.lease)
    assert await engine.upkeep.recover_lost() == 0
    engine.clock.move(seconds=0.01)
    assert await engine.upkeep.recover_lost() == 1


async def test_what_must_always_hold_is_a_constraint_too(engine: Engine) -> None:
    await engine.ask()
    for broken in BROKEN:
        with pytest.raises(IntegrityError):
            await engine.store.write(lambda tx, b=broken: tx.connection.execute(text(b)))


async def test_a_thread_with_two_running_runs_can_not_be(engine: Engine) -> None:
    await engine.ask()
    await engine.claim()

    def second(tx: Transaction) -> None:
        [row] = tx.connection.execute(select(RUNS)).mappings()
        tx.connection.execute(insert(RUNS), {**row, "id": "another", "request_key": "k"})

    with pytest.raises(IntegrityError):
        await engine.store.write(second)
