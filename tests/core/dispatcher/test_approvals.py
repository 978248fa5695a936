"""A decision is applied exactly once, by those who may."""

import asyncio
from pathlib import Path

import pytest

from dispatch_core.approval_errors import AlreadyDecided, ApprovalClosed, MayNotDecide
from dispatch_core.lifecycle import ApprovalStatus, EndReason, RunStatus
from dispatch_core.views import Decision, MessageView
from tests.core.engine import ADA, GRACE, SAM, Engine, decider, open_engine

APPROVE, REJECT = Decision.APPROVE, Decision.REJECT


async def test_a_shell_command_waits_and_holds_nothing_but_rows(engine: Engine) -> None:
    await engine.pair()
    approval = await engine.ask_for_shell("rm -r build")
    run = await engine.dispatcher.run(approval.run_id)
    assert run.status is RunStatus.WAITING_APPROVAL
    assert (approval.payload, approval.device_name) == ("rm -r build", "laptop")
    assert approval.approvers == (ADA,)


async def test_an_approved_run_is_queued_for_its_device(engine: Engine) -> None:
    device = await engine.pair()
    approval = await engine.ask_for_shell()
    decided = await engine.dispatcher.decide(approval.id, APPROVE, decider(ADA))
    order = await engine.order(device, 0)
    assert (decided.status, decided.decided_by) == (ApprovalStatus.APPROVED, ADA)
    assert order is not None
    assert order.arguments == {"command": "echo hi"}


async def test_a_rejected_run_is_cancelled_and_nothing_is_done(engine: Engine) -> None:
    device = await engine.pair()
    approval = await engine.ask_for_shell()
    await engine.dispatcher.decide(approval.id, REJECT, decider(ADA), "not on a Sunday")
    run = await engine.dispatcher.run(approval.run_id)
    assert (run.status, run.reason) == (RunStatus.CANCELLED, EndReason.REJECTED)
    assert "not on a Sunday" in run.answer
    assert await engine.order(device, 0) is None


async def test_a_run_tells_its_work_apart_from_its_wait_for_an_answer(engine: Engine) -> None:
    await engine.pair()
    approval = await engine.ask_for_shell()
    engine.clock.move(hours=2)
    assert (await engine.dispatcher.run(approval.run_id)).waited == 0
    await engine.dispatcher.decide(approval.id, REJECT, decider(ADA))
    run = await engine.dispatcher.run(approval.run_id)
    assert run.waited >= 7_200
    assert run.worked < 7_200 <= run.seconds


async def test_of_many_clicks_at_once_one_decides_and_the_others_are_told(home: Path) -> None:
    async with open_engine(home, approvers=(ADA, GRACE)) as engine:
        await engine.pair()
        approval = await engine.ask_for_shell()
        clicks = [
            engine.dispatcher.decide(approval.id, decision, decider(who))
            for who in (ADA, GRACE) * 5
            for decision in (APPROVE, REJECT)
        ]
        outcomes = await asyncio.gather(*clicks, return_exceptions=True)
        refused = [outcome for outcome in outcomes if isinstance(outcome, AlreadyDecided)]
        assert len(refused) == len(clicks) - 1
        assert {error.facts["by"] for error in refused} == {ADA}


async def test_only_those_who_may_decide_do(home: Path) -> None:
    async with open_engine(home, approvers=("T1:S0APPROVERS",)) as engine:
        await engine.pair()
        approval = await engine.ask_for_shell()
        for nobody in (decider(SAM), decider(ADA), decider(ADA, "T2:S0APPROVERS")):
            with pytest.raises(MayNotDecide):
                await engine.dispatcher.decide(approval.id, APPROVE, nobody)
        member = decider(GRACE, "T1:S0APPROVERS")
        decided = await engine.dispatcher.decide(approval.id, APPROVE, member)
        assert decided.decided_by == GRACE


async def test_an_expiry_is_nobodys_rejection(engine: Engine) -> None:
    await engine.pair()
    approval = await engine.ask_for_shell()
    engine.clock.move(days=1, seconds=1)
    await engine.upkeep.tick()
    run = await engine.dispatcher.run(approval.run_id)
    expired = await engine.dispatcher.approval(approval.id)
    assert (run.status, run.reason) == (RunStatus.CANCELLED, EndReason.APPROVAL_EXPIRED)
    assert (expired.status, expired.decided_by) == (ApprovalStatus.EXPIRED, None)


async def test_a_click_after_the_time_finds_it_expired_though_no_clock_ticked(
    engine: Engine,
) -> None:
    await engine.pair()
    approval = await engine.ask_for_shell()
    engine.clock.move(days=2)
    with pytest.raises(ApprovalClosed, match="expired"):
        await engine.dispatcher.decide(approval.id, APPROVE, decider(ADA))
    assert not (await engine.dispatcher.run(approval.run_id)).active


async def test_a_reminder_comes_once_before_the_expiry(engine: Engine) -> None:
    await engine.pair()
    approval = await engine.ask_for_shell()
    for _ in range(3):
        engine.clock.move(hours=6, minutes=10)
        await engine.upkeep.tick()
        await engine.upkeep.tick()
    thread = await engine.dispatcher.thread(approval.thread_key)
    texts = [entry.body.text for entry in thread if isinstance(entry.body, MessageView)]
    reminders = [text for text in texts if "still waits" in text]
    assert len(reminders) == 1
    assert "5 hours" in reminders[0] or "6 hours" in reminders[0]
    assert (await engine.dispatcher.approval(approval.id)).reminded


async def test_stopping_the_run_withdraws_what_it_asked_for(engine: Engine) -> None:
    await engine.pair()
    approval = await engine.ask_for_shell()
    await engine.dispatcher.cancel(approval.run_id, decider(ADA))
    with pytest.raises(ApprovalClosed, match="withdrawn"):
        await engine.dispatcher.decide(approval.id, APPROVE, decider(ADA))


async def test_a_secret_in_a_command_is_not_shown_to_the_approver(engine: Engine) -> None:
    await engine.pair()
    token = "ghp_" + "a1B2" * 9
    approval = await engine.ask_for_shell(f"GITHUB_TOKEN={token} ./publish\u202e")
    assert token not in approval.payload
    assert "\u202e" not in approval.payload
