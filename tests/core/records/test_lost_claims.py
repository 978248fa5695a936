"""A claim that was lost changes nothing any more: whoever was suspended may come back any time."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from dispatch_core.abilities import ToolName
from dispatch_core.errors import LostClaim
from dispatch_core.lifecycle import EndReason, StepStatus
from dispatch_core.planning.planner import Finish, NextStep
from dispatch_core.protocol import Progress, StepResult
from dispatch_core.records import claims
from dispatch_core.records.transaction import Transaction
from dispatch_core.work import Claim, Ended, RunWork, StepView
from tests.core.engine import Clock, Engine, open_engine
from tests.core.records.stopping import stopped

TABLES = ("run", "step", "approval", "entry", "message", "artifact")
RESULT = StepResult(status=StepStatus.DONE, text="stale")
ANSWER = NextStep(ToolName.ANSWER, {"text": "stale"}, "stale")
SHELL = NextStep(ToolName.SHELL, {"command": "echo stale"}, "stale")

Verb = Callable[[Engine, RunWork, StepView], Awaitable[Any]]


def record(verb: Callable[[Transaction, Claim], Any]) -> Verb:
    """A verb of the records, by itself in a transaction."""
    return lambda engine, work, _step: engine.store.write(lambda tx: verb(tx, work.claim))


VERBS: dict[str, Verb] = {
    "take_step": lambda e, work, _: e.desk.take_step(work.claim, ANSWER),
    "take_step of a device": lambda e, work, _: e.desk.take_step(work.claim, SHELL),
    "start_step": lambda e, work, step: e.desk.start_step(work.claim, step.id),
    "end_step": lambda e, work, step: e.desk.end_step(work.claim, step.id, RESULT),
    "finish as done": lambda e, work, _: e.desk.finish(work.claim, Finish(EndReason.DONE, "x")),
    "finish as failed": lambda e, work, _: e.desk.finish(work.claim, Finish(EndReason.ERROR, "x")),
    "finish at length": lambda e, work, _: e.desk.finish(
        work.claim, Finish(EndReason.DONE, "word " * 1_000)
    ),
    "finish as done with its step": lambda e, work, step: e.desk.finish(
        work.claim, Finish(EndReason.DONE, "x"), Ended(step.id, RESULT)
    ),
    "finish as failed with its step": lambda e, work, step: e.desk.finish(
        work.claim, Finish(EndReason.ERROR, "x"), Ended(step.id, RESULT)
    ),
    "finish at length with its step": lambda e, work, step: e.desk.finish(
        work.claim, Finish(EndReason.DONE, "word " * 1_000), Ended(step.id, RESULT)
    ),
    "show_output": lambda e, work, _: e.desk.show_output(work.claim, "stale"),
    "give_back": lambda e, work, _: e.desk.give_back(work.claim),
    "held": record(claims.held),
    "note_if_held": record(lambda tx, claim: claims.note_if_held(tx, claim, activity="stale")),
    "queue_if_held": record(lambda tx, claim: claims.queue_if_held(tx, claim, "core")),
    "finish_if_held": record(lambda tx, c: claims.finish_if_held(tx, c, EndReason.TIMED_OUT)),
    "wait_for_approval_if_held": record(claims.wait_for_approval_if_held),
}


def everything(engine: Engine) -> dict[str, list[Any]]:
    """All rows of what a run may change."""

    def look(tx: Transaction) -> dict[str, list[Any]]:
        read = tx.connection.execute
        return {name: read(text(f"SELECT * FROM {name} ORDER BY id")).all() for name in TABLES}  # noqa: S608

    return engine.store.read_now(look)


async def begun(engine: Engine) -> tuple[RunWork, StepView]:
    """A run that a worker holds, with a step that it is at."""
    await engine.pair()
    await engine.ask()
    work = await engine.claim()
    step = await engine.desk.take_step(work.claim, ANSWER)
    assert step is not None
    return work, step


async def test_who_was_suspended_changes_nothing_after_another_took_over(engine: Engine) -> None:
    work, step = await begun(engine)
    engine.clock.move(minutes=1)
    assert await engine.upkeep.recover_lost() == 1
    await engine.desk.claim("worker-2", 1)
    before = everything(engine)
    for name, verb in VERBS.items():
        with pytest.raises(LostClaim):
            await verb(engine, work, step)
        assert everything(engine) == before, name


async def test_the_same_worker_after_a_new_claim_is_not_who_it_was(engine: Engine) -> None:
    work, step = await begun(engine)
    engine.clock.move(minutes=1)
    await engine.upkeep.recover_lost()
    again = await engine.claim()
    with pytest.raises(LostClaim):
        await engine.desk.end_step(work.claim, step.id, RESULT)
    assert await engine.desk.renew("worker-1", [work.claim]) == set()
    assert again.claim.version > work.claim.version


async def test_a_lost_lease_is_not_renewed_and_the_new_one_is_left_alone(engine: Engine) -> None:
    work, _ = await begun(engine)
    engine.clock.move(minutes=1)
    await engine.upkeep.recover_lost()
    await engine.desk.claim("worker-2", 1)
    before = everything(engine)
    engine.clock.move(seconds=1)
    assert await engine.desk.renew("worker-1", [work.claim]) == set()
    assert everything(engine) == before


async def test_only_the_named_living_runs_are_renewed(engine: Engine) -> None:
    await engine.ask()
    await engine.ask(thread="T1:C1:2")
    living, forgotten = await engine.desk.claim("worker-1", 2)
    engine.clock.move(seconds=10)
    assert await engine.desk.renew("worker-1", [living.claim]) == {living.claim}
    engine.clock.move(seconds=10)
    assert await engine.upkeep.recover_lost() == 1
    (again,) = await engine.desk.claim("worker-2", 2)
    assert again.claim.run_id == forgotten.claim.run_id


async def test_leases_count_anew_after_the_database_was_away(engine: Engine) -> None:
    now = 0.0
    engine.dispatcher.parts.calm.monotonic = lambda: now
    work, _ = await begun(engine)
    engine.upkeep.refused()
    now = engine.upkeep.settings.lease * 2
    engine.clock.move(seconds=now)
    await engine.upkeep.tick()
    assert await engine.desk.renew("worker-1", [work.claim]) == {work.claim}
    engine.clock.move(seconds=now)
    await engine.upkeep.tick()
    assert await engine.desk.renew("worker-1", [work.claim]) == set()


async def test_a_device_that_lost_its_run_is_told_to_stop(engine: Engine) -> None:
    device = await engine.pair()
    approval = await engine.ask_for_shell()
    await engine.approve(approval)
    order = await engine.order(device, 0)
    assert order is not None
    await engine.dispatcher.remove_device("laptop", "T1:U0ADA")
    before = everything(engine)
    reply = await engine.dispatcher.progress(
        device, order.step_id, Progress(sequence=1, output="stale")
    )
    assert reply.stop
    assert everything(engine) == before


async def test_who_is_suspended_in_the_middle_of_a_write_is_cut_off_and_changes_nothing(
    home: Path, postgres_database: str
) -> None:
    """A process that stands still in a transaction holds its rows for a short time only."""
    clock = Clock()
    impatient = f"{postgres_database}&options=-c%20idle_in_transaction_session_timeout%3D1000"
    async with (
        open_engine(home, database_url=impatient, clock=clock) as suspended,
        open_engine(home, database_url=postgres_database, clock=clock) as other,
    ):
        work, step = await begun(suspended)
        clock.move(minutes=1)

        async def end() -> None:
            await suspended.desk.end_step(work.claim, step.id, RESULT)

        async with stopped(suspended, end()) as (stop, ending):
            # Its rows are passed over until the server has cut it off.
            async with asyncio.timeout(60):
                while not await other.upkeep.recover_lost():
                    pass
            (again,) = await other.desk.claim("worker-2", 1)
            stop.go()
            with pytest.raises(LostClaim):
                await ending
        assert again.steps[0].status is StepStatus.STARTED
        assert await other.desk.renew("worker-2", [again.claim]) == {again.claim}
