"""The journal, on both databases: in order, begun once, ended once."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import StepResult
from dispatch_core.records import steps
from dispatch_core.records.transaction import Transaction
from dispatch_core.work import StepView
from tests.core.engine import Engine

DONE = StepResult(status=StepStatus.DONE, text="first")
FAILED = StepResult(status=StepStatus.FAILED, text="second")


async def add(engine: Engine, run_id: str, status: StepStatus = StepStatus.PLANNED) -> StepView:
    new = steps.NewStep(run_id, "answer", {"text": "hi", "deep": [1, {"two": None}]}, "f")
    return await engine.store.write(lambda tx: steps.add(tx, new, status))


async def journal(engine: Engine, run_id: str) -> tuple[StepView, ...]:
    return await engine.store.read(lambda tx: steps.of_run(tx, run_id))


async def test_steps_stand_in_order_with_what_they_were_given(engine: Engine) -> None:
    run_id, other = await engine.ask(), await engine.ask(thread="T1:C1:2")
    added = [await add(engine, run_id) for _ in range(3)]
    await add(engine, other)
    assert await journal(engine, run_id) == tuple(added)
    assert added[0].arguments == {"text": "hi", "deep": [1, {"two": None}]}


async def test_the_first_start_counts(engine: Engine) -> None:
    run_id = await engine.ask()
    step = await add(engine, run_id)
    await engine.store.write(lambda tx: steps.start(tx, step.id))
    began = await engine.store.read(lambda tx: steps.get(tx, step.id))
    engine.clock.move(seconds=5)
    await engine.store.write(lambda tx: steps.start(tx, step.id))
    assert await engine.store.read(lambda tx: steps.get(tx, step.id)) == began


async def test_the_first_end_counts(engine: Engine) -> None:
    run_id = await engine.ask()
    step = await add(engine, run_id, StepStatus.STARTED)

    def end(tx: Transaction) -> list[bool]:
        return [steps.end_if_unfinished(tx, step.id, result) for result in (DONE, FAILED)]

    assert await engine.store.write(end) == [True, False]
    await engine.store.write(lambda tx: steps.end_unfinished(tx, run_id, FAILED))
    [ended] = await journal(engine, run_id)
    assert (ended.status, ended.result) == (StepStatus.DONE, DONE)


async def test_a_step_that_ended_is_not_begun_again(engine: Engine) -> None:
    run_id = await engine.ask()
    step = await add(engine, run_id)
    await engine.store.write(lambda tx: steps.end_if_unfinished(tx, step.id, FAILED))
    await engine.store.write(lambda tx: steps.start(tx, step.id))
    assert [step.status for step in await journal(engine, run_id)] == [StepStatus.FAILED]


async def test_the_end_of_an_open_step_leaves_the_others_alone(engine: Engine) -> None:
    run_id = await engine.ask()
    first = await add(engine, run_id)
    await engine.store.write(lambda tx: steps.end_if_unfinished(tx, first.id, DONE))
    await add(engine, run_id, StepStatus.STARTED)
    await engine.store.write(lambda tx: steps.end_unfinished(tx, run_id, FAILED))
    ends = [step.status for step in await journal(engine, run_id)]
    assert ends == [StepStatus.DONE, StepStatus.FAILED]


async def test_a_report_of_progress_is_new_once(engine: Engine) -> None:
    step = await add(engine, await engine.ask(), StepStatus.STARTED)

    def report(tx: Transaction) -> list[bool]:
        return [steps.progress_is_new(tx, step.id, number) for number in (0, 0, 2, 1, 3)]

    assert await engine.store.write(report) == [True, False, True, False, True]


async def test_two_steps_never_stand_at_one_place(engine: Engine) -> None:
    run_id = await engine.ask()
    await add(engine, run_id)
    await add(engine, run_id)
    with pytest.raises(IntegrityError):
        await engine.store.write(
            lambda tx: tx.connection.execute(text("UPDATE step SET position = 0"))
        )
