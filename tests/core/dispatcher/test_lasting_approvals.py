"""Approved for a thread, or always: the like of it runs unasked, until its end or a revocation."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dispatch_core.abilities import VerdictKind
from dispatch_core.approval_errors import BadGrantEnd, MayNotDecide, NotGrantable
from dispatch_core.approval_views import ApprovalView
from dispatch_core.errors import NotFound, NotYours
from dispatch_core.lifecycle import ApprovalStatus, RunStatus, Scope, StepStatus
from dispatch_core.protocol import StepOrder, StepQuestion, StepResult
from dispatch_core.views import Decision
from tests.core.engine import ADA, GRACE, SAM, START, Engine, decider, looked_at, open_engine

HERE, ELSEWHERE = "T1:C1:1", "T1:C1:2"
APPROVE, DONE = Decision.APPROVE, StepResult(status=StepStatus.DONE, text="done")


async def finish(engine: Engine, device: str, order: StepOrder | None) -> None:
    """Let the device do what it was given, and the run end."""
    assert order is not None
    await engine.dispatcher.end_step(device, order.step_id, DONE)
    await engine.plan(await engine.claim())


async def allow(
    engine: Engine, device: str, scope: Scope, until: datetime | None = None
) -> ApprovalView:
    """Ada asks for `echo hi`, approves it for longer, and it is done."""
    approval = await engine.ask_for_shell(thread=HERE)
    decided = await engine.dispatcher.decide(
        approval.id, APPROVE, decider(ADA), scope=scope, until=until
    )
    await finish(engine, device, await engine.order(device))
    return decided


async def is_asked(
    engine: Engine, device: str, command: str = "echo again", thread: str = HERE
) -> bool:
    """Ask for a command; whether a person is asked, or it is begun at once."""
    run_id = await engine.ask(f"$ {command}", thread=thread)
    await engine.plan(await engine.claim())
    order = await engine.order(device)
    waits = (await engine.dispatcher.run(run_id)).status is RunStatus.WAITING_APPROVAL
    assert waits is (order is None)
    if waits:
        await engine.dispatcher.cancel(run_id, decider(ADA))
    else:
        await finish(engine, device, order)
    return waits


async def test_once_is_for_this_once(engine: Engine) -> None:
    device = await engine.pair()
    decided = await allow(engine, device, Scope.ONCE)
    assert (decided.scope, decided.granted_until) == (Scope.ONCE, None)
    assert await is_asked(engine, device)
    assert await engine.dispatcher.grants_on(device) == ()


async def test_for_a_thread_the_like_of_it_runs_unasked_there_and_nowhere_else(
    engine: Engine,
) -> None:
    device = await engine.pair()
    decided = await allow(engine, device, Scope.THREAD)
    assert (decided.status, decided.scope) == (ApprovalStatus.APPROVED, Scope.THREAD)
    assert decided.granted_until == START + timedelta(days=7)
    assert not await is_asked(engine, device)
    assert await is_asked(engine, device, thread=ELSEWHERE)
    assert await is_asked(engine, device, "rm -r build")
    [grant] = await engine.dispatcher.grants_on(device)
    assert (grant.thread_key, grant.words, grant.uses) == (HERE, "any echo command", 1)


async def test_always_holds_in_every_thread_and_ends_on_its_day(engine: Engine) -> None:
    device = await engine.pair()
    until = START + timedelta(days=2)
    await allow(engine, device, Scope.ALWAYS, until)
    assert not await is_asked(engine, device, thread=ELSEWHERE)
    engine.clock.now = until - timedelta(seconds=1)
    assert not await is_asked(engine, device)
    engine.clock.now = until
    assert await is_asked(engine, device)
    assert await engine.dispatcher.grants_on(device) == ()


async def test_always_is_a_month_unless_a_day_is_said(engine: Engine) -> None:
    device = await engine.pair()
    decided = await allow(engine, device, Scope.ALWAYS)
    assert decided.granted_until == START + timedelta(days=30)
    [grant] = (await engine.dispatcher.home(ADA)).grants
    assert (grant.made_by, grant.device_name, grant.in_thread) == (ADA, "laptop", False)


@pytest.mark.parametrize("days", [-1, 0, 366.1, 4_000])
async def test_an_end_that_is_past_or_far_is_refused_and_nothing_is_decided(
    engine: Engine, days: float
) -> None:
    await engine.pair()
    approval = await engine.ask_for_shell()
    until = START + timedelta(days=days)
    with pytest.raises(BadGrantEnd):
        await engine.dispatcher.decide(
            approval.id, APPROVE, decider(ADA), scope=Scope.ALWAYS, until=until
        )
    assert (await engine.dispatcher.approval(approval.id)).votes == ()


async def test_where_the_device_names_no_grant_only_this_once_can_be_approved(
    engine: Engine,
) -> None:
    device = await engine.pair()
    run_id = await engine.ask("$ make deploy")
    await engine.plan(await engine.claim())
    question = await engine.dispatcher.claim_step(device, 0)
    assert isinstance(question, StepQuestion)
    alone = looked_at(question).model_copy(update={"grant": None})
    await engine.dispatcher.prepared(device, question.step_id, alone)
    approval = await engine.approval_of(run_id)
    assert approval.grant_words is None
    for scope in (Scope.THREAD, Scope.ALWAYS):
        with pytest.raises(NotGrantable):
            await engine.dispatcher.decide(approval.id, APPROVE, decider(ADA), scope=scope)
    await engine.approve(approval)


async def test_who_may_not_decide_grants_nothing(home: Path) -> None:
    async with open_engine(home, approvers=(GRACE,)) as engine:
        device = await engine.pair()
        approval = await engine.ask_for_shell()
        with pytest.raises(MayNotDecide):
            await engine.dispatcher.decide(approval.id, APPROVE, decider(ADA), scope=Scope.ALWAYS)
        await engine.dispatcher.decide(approval.id, APPROVE, decider(GRACE), scope=Scope.ALWAYS)
        [grant] = await engine.dispatcher.grants_on(device)
        assert grant.made_by == GRACE
        assert [one.id for one in (await engine.dispatcher.home(GRACE)).grants] == [grant.id]
        assert [one.id for one in (await engine.dispatcher.home(ADA)).grants] == [grant.id]
        assert (await engine.dispatcher.home(SAM)).grants == ()


async def test_a_revoked_grant_covers_nothing_and_only_some_may_revoke_it(engine: Engine) -> None:
    device = await engine.pair()
    await allow(engine, device, Scope.ALWAYS)
    [grant] = await engine.dispatcher.grants_on(device)
    with pytest.raises(NotYours):
        await engine.dispatcher.revoke_grant(grant.id, decider(SAM))
    with pytest.raises(NotFound):
        await engine.dispatcher.revoke_grant("unknown", decider(ADA))
    assert not await is_asked(engine, device)
    revoked = await engine.dispatcher.revoke_grant(grant.id, decider(ADA))
    assert (revoked.revoked_by, revoked.revoked_at) == (ADA, START)
    assert await is_asked(engine, device)
    again = await engine.dispatcher.revoke_grant(grant.id, decider(ADA))
    assert again.revoked_at == START
    assert (await engine.dispatcher.home(ADA)).grants == ()


async def test_a_removed_device_s_grants_are_void_and_paired_anew_it_has_none(
    engine: Engine,
) -> None:
    device = await engine.pair()
    await allow(engine, device, Scope.ALWAYS)
    await engine.dispatcher.remove_device(device, ADA)
    assert (await engine.dispatcher.home(ADA)).grants == ()
    anew = await engine.pair()
    assert anew != device
    assert await is_asked(engine, anew)


async def test_a_grant_is_for_its_device_alone(engine: Engine) -> None:
    device, other = await engine.pair(), await engine.pair("desktop")
    run_id = await engine.ask("[device=laptop] $ echo hi", thread=HERE)
    await engine.plan(await engine.claim())
    assert await engine.order(device) is None
    asked = await engine.approval_of(run_id)
    await engine.dispatcher.decide(asked.id, APPROVE, decider(ADA), scope=Scope.ALWAYS)
    await finish(engine, device, await engine.order(device))
    await engine.ask("[device=desktop] $ echo hi", thread=ELSEWHERE)
    await engine.plan(await engine.claim())
    assert await engine.order(other) is None


async def test_what_the_device_denies_no_grant_allows(engine: Engine) -> None:
    device = await engine.pair()
    await allow(engine, device, Scope.ALWAYS)
    run_id = await engine.ask("$ echo no more")
    await engine.plan(await engine.claim())
    question = await engine.dispatcher.claim_step(device, 0)
    assert isinstance(question, StepQuestion)
    denied = looked_at(question, VerdictKind.DENY)
    assert await engine.dispatcher.prepared(device, question.step_id, denied) is None
    assert (await engine.dispatcher.run(run_id)).status is RunStatus.FAILED
