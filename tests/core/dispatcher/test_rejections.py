"""A rejection and its reason reach the planner: one with another idea goes on, the direct ends."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dispatch_core.abilities import ToolName
from dispatch_core.approval_views import ApprovalView
from dispatch_core.lifecycle import EndReason, RunStatus, StepStatus
from dispatch_core.planning.direct import Direct
from dispatch_core.planning.planner import Finish, NextStep
from dispatch_core.protocol import StepResult
from dispatch_core.records import steps
from dispatch_core.views import Decision
from dispatch_core.work import RunWork, StepView
from tests.core.engine import ADA, Engine, decider, open_engine


class SecondIdea:
    """A planner that does what its rejection's reason says, once."""

    async def next(self, work: RunWork) -> NextStep | Finish:
        if not work.steps:
            return NextStep(ToolName.SHELL, {"command": "rm -r build"}, "clearing up")
        result = work.steps[-1].result
        assert result is not None
        if result.rejected and len(work.steps) == 1:
            command = result.text.removeprefix("Rejected: ")
            return NextStep(ToolName.SHELL, {"command": command}, "clearing up less")
        return Finish(EndReason.REJECTED if result.rejected else EndReason.DONE, result.text)


@pytest.fixture
async def engine(home: Path, database: str) -> AsyncIterator[Engine]:
    """One whose planner takes another turn after a rejection."""
    async with open_engine(home, database_url=database, replans=True) as opened:
        yield opened


async def turn(engine: Engine) -> Finish | None:
    """The planner's next turn on the run that is due; its end, where it ends."""
    work = await engine.claim()
    planned = await SecondIdea().next(work)
    if isinstance(planned, Finish):
        await engine.desk.finish(work.claim, planned)
        return planned
    await engine.desk.take_step(work.claim, planned)
    return None


async def reject(engine: Engine, approval: ApprovalView, reason: str) -> None:
    await engine.dispatcher.decide(approval.id, Decision.REJECT, decider(ADA), reason)


async def test_a_planner_with_another_idea_is_told_and_asks_for_that(engine: Engine) -> None:
    device = await engine.pair()
    run_id = await engine.ask("clear up")
    await turn(engine)
    await engine.order(device)
    await reject(engine, await engine.approval_of(run_id, last=True), "rm -r build/cache")
    assert (await engine.dispatcher.run(run_id)).status is RunStatus.QUEUED
    await turn(engine)
    await engine.order(device)
    second = await engine.approval_of(run_id, last=True)
    assert second.payload == "rm -r build/cache"
    await engine.approve(second)
    order = await engine.order(device)
    assert order is not None
    assert order.arguments == {"command": "rm -r build/cache"}


async def test_a_planner_with_no_other_idea_ends_the_run_as_rejected(engine: Engine) -> None:
    device = await engine.pair()
    run_id = await engine.ask("clear up")
    for reason in ("echo no", "echo no, really"):
        await turn(engine)
        await engine.order(device)
        await reject(engine, await engine.approval_of(run_id, last=True), reason)
    await turn(engine)
    run = await engine.dispatcher.run(run_id)
    assert (run.status, run.reason) == (RunStatus.CANCELLED, EndReason.REJECTED)
    journal = await engine.store.read(lambda tx: steps.of_run(tx, run_id))
    assert [step.status for step in journal] == [StepStatus.REFUSED] * 2


async def test_the_direct_planner_ends_as_rejected_with_the_reason(engine: Engine) -> None:
    device = await engine.pair()
    approval = await engine.ask_for_shell()
    await reject(engine, approval, "not on a Sunday")
    await engine.plan(await engine.claim())
    run = await engine.dispatcher.run(approval.run_id)
    assert (run.status, run.reason) == (RunStatus.CANCELLED, EndReason.REJECTED)
    assert run.answer == "Rejected: not on a Sunday"
    assert await engine.order(device) is None


@pytest.mark.parametrize("rejected", [True, False])
async def test_a_refusal_by_policy_is_not_a_rejection(engine: Engine, rejected: bool) -> None:
    await engine.pair()
    await engine.ask("$ echo hi")
    work = await engine.claim()
    result = StepResult(status=StepStatus.REFUSED, text="no", rejected=rejected)
    step = StepView("s1", "shell", {"command": "echo hi"}, "f", StepStatus.REFUSED, result)
    planned = await Direct().next(work.with_step(step))
    assert isinstance(planned, Finish)
    assert planned.reason is (EndReason.REJECTED if rejected else EndReason.DENIED)
