"""A new run is claimed with its first step begun, and ends together with its last one."""

import asyncio

import pytest

from dispatch_core.abilities import ToolName
from dispatch_core.lifecycle import EndReason, RunStatus, StepStatus
from dispatch_core.planning.direct import Direct
from dispatch_core.planning.planner import Finish, NextStep
from dispatch_core.protocol import StepResult
from dispatch_core.records import steps
from dispatch_core.work import Ended, RunWork, StepView
from tests.core import postgres
from tests.core.engine import Engine
from tests.core.records.stopping import stopped

PLAN = Direct().at_once
DONE = StepResult(status=StepStatus.DONE, text="hello")


async def journal(engine: Engine, run_id: str) -> tuple[StepView, ...]:
    return await engine.store.read(lambda tx: steps.of_run(tx, run_id))


async def test_a_new_run_comes_with_its_first_step_begun(engine: Engine) -> None:
    run_id = await engine.ask("hi")
    (work,) = await engine.desk.claim("w", 1, PLAN)
    (step,) = work.steps
    assert (step.tool, step.status) == (ToolName.ANSWER, StepStatus.STARTED)
    assert await journal(engine, run_id) == work.steps
    planned = await Direct().next(work.with_end(step, DONE))
    assert isinstance(planned, Finish)
    await engine.desk.finish(work.claim, planned, Ended(step.id, DONE))
    assert (await engine.dispatcher.run(run_id)).status is RunStatus.COMPLETED
    assert [one.result for one in await journal(engine, run_id)] == [DONE]


async def test_what_is_done_meanwhile_stands_on_the_card(engine: Engine) -> None:
    run_id = await engine.ask("```python\nprint(1)\n```")
    (work,) = await engine.desk.claim("w", 1, PLAN)
    assert work.steps[0].tool == ToolName.RUN_CODE
    assert "Python" in (await engine.dispatcher.run(run_id)).activity


@pytest.mark.parametrize("request_text", ["$ echo hi", "open the pod bay doors [route=cloud-code]"])
async def test_what_is_not_done_here_at_once_is_left_to_the_worker(
    engine: Engine, request_text: str
) -> None:
    await engine.pair()
    run_id = await engine.ask(request_text)
    (work,) = await engine.desk.claim("w", 1, PLAN)
    assert work.steps == await journal(engine, run_id) == ()


async def test_a_planner_that_breaks_or_waits_keeps_no_run_from_being_claimed(
    engine: Engine,
) -> None:
    def plan(work: RunWork) -> NextStep | None:
        if work.request == "break":
            raise RuntimeError("boom")
        arguments = {"number": float("nan")} if work.request == "no number" else {}
        return None if work.request == "wait" else NextStep(ToolName.ANSWER, arguments, "")

    requests = ("break", "wait", "no number", "fine")
    for number, request in enumerate(requests):
        await engine.ask(request, thread=f"T1:C1:{number}")
    claimed = await engine.desk.claim("w", 9, plan)
    assert [work.request for work in claimed] == list(requests)
    assert [len(work.steps) for work in claimed] == [0, 0, 0, 1]


async def test_a_run_whose_worker_died_goes_on_with_the_step_that_it_began(engine: Engine) -> None:
    await engine.ask()
    (work,) = await engine.desk.claim("w", 1, PLAN)
    engine.clock.move(minutes=1)
    assert await engine.upkeep.recover_lost() == 1
    (again,) = await engine.desk.claim("w2", 1, PLAN)
    assert again.steps == work.steps


@pytest.mark.parametrize(
    "finish",
    [
        Finish(EndReason.DONE, "hello"),
        Finish(EndReason.DONE, "word " * 1_000),
        Finish(EndReason.ERROR, "no"),
    ],
    ids=["done", "done at length", "failed"],
)
async def test_a_run_and_its_last_step_end_together(engine: Engine, finish: Finish) -> None:
    run_id = await engine.ask()
    (work,) = await engine.desk.claim("w", 1, PLAN)
    await engine.desk.finish(work.claim, finish, Ended(work.steps[0].id, DONE))
    assert (await engine.dispatcher.run(run_id)).reason is finish.reason
    assert [one.result for one in await journal(engine, run_id)] == [DONE]


async def test_of_many_that_end_at_once_only_the_lost_one_is_left_as_it_was(engine: Engine) -> None:
    for number in range(3):
        await engine.ask(thread=f"T1:C1:{number}")
    works = await engine.desk.claim("w", 3, PLAN)
    await engine.desk.give_back(works[1].claim)
    answers = await asyncio.gather(
        *(
            engine.desk.finish(
                work.claim, Finish(EndReason.DONE, "hi"), Ended(work.steps[0].id, DONE)
            )
            for work in works
        ),
        return_exceptions=True,
    )
    assert [type(answer).__name__ for answer in answers] == ["NoneType", "LostClaim", "NoneType"]
    ended = [(await journal(engine, work.claim.run_id))[0].result for work in works]
    assert ended == [DONE, None, DONE]


async def test_a_server_that_dies_before_the_commit_leaves_one_claim_and_one_step(
    processes: tuple[Engine, Engine], postgresql: postgres.Server
) -> None:
    one, other = processes
    run_id = await one.ask()
    async with stopped(one, one.desk.claim("w", 1, PLAN)) as (stop, claiming):
        await asyncio.to_thread(postgresql.crash)
        await asyncio.to_thread(postgresql.start)
        assert await journal(other, run_id) == ()
        assert (await other.dispatcher.run(run_id)).status is RunStatus.QUEUED
        stop.go()
        (work,) = await claiming
    assert await journal(other, run_id) == work.steps
    end = Ended(work.steps[0].id, DONE)
    ending = one.desk.finish(work.claim, Finish(EndReason.DONE, "hi"), end)
    async with stopped(one, ending) as (stop, finishing):
        await asyncio.to_thread(postgresql.crash)
        await asyncio.to_thread(postgresql.start)
        assert (await journal(other, run_id))[0].status is StepStatus.STARTED
        assert (await other.dispatcher.run(run_id)).status is RunStatus.RUNNING
        stop.go()
        await finishing
    assert (await journal(other, run_id))[0].status is StepStatus.DONE
    assert (await other.dispatcher.run(run_id)).status is RunStatus.COMPLETED
