"""Clicks on an approval."""

import asyncio
from typing import Any

import pytest

from bot.connection.identity import FAULTS
from dispatch_core.lifecycle import ApprovalStatus, EndReason, RunStatus
from tests.bot.listeners.desk import ADA, GRACE, GUEST, Desk, Json

BUTTONS = "approval_approve"


async def _asked(desk: Desk) -> tuple[str, Json]:
    """A waiting run's thread, and the message with its buttons."""
    ts, _ = await desk.a_waiting_run()
    return ts, await desk.card(BUTTONS)


async def test_an_approver_approves_with_one_click(desk: Desk) -> None:
    ts, message = await _asked(desk)
    assert await desk.click(GRACE, message, "approval_approve")
    approval = (await desk.approvals(ts))[0]
    assert (approval.status, approval.decided_by) == (
        ApprovalStatus.APPROVED,
        "T0DISPATCH:U0GRACE",
    )
    assert (await desk.runs(ts))[0].status is not RunStatus.WAITING_APPROVAL


async def test_a_rejection_ends_the_run(desk: Desk) -> None:
    ts, message = await _asked(desk)
    assert await desk.click(ADA, message, "approval_reject")
    run = (await desk.runs(ts))[0]
    assert (run.status, run.reason) == (RunStatus.CANCELLED, EndReason.REJECTED)


async def test_of_two_clicks_at_once_one_decides_and_the_other_is_told_by_whom(desk: Desk) -> None:
    ts, message = await _asked(desk)
    both = (
        desk.click(ADA, message, "approval_approve"),
        desk.click(GRACE, message, "approval_reject"),
    )
    assert await asyncio.gather(*both) == [True, True]
    approval = (await desk.approvals(ts))[0]
    winner = str(approval.decided_by).partition(":")[2]
    loser = {ADA: GRACE, GRACE: ADA}[winner]
    words = f"already {approval.status.value} by <@{winner}>"
    told = await desk.whispered(loser, words)
    assert told["thread_ts"] == ts
    assert [one for one in desk.whispers(winner) if "already" in str(one)] == []


async def test_who_is_no_approver_is_told_who_is(open_desk: Any) -> None:
    async with open_desk(dispatch_approvers=(GRACE,)) as desk:
        ts, message = await _asked(desk)
        assert await desk.click(ADA, message, "approval_approve")
        await desk.whispered(ADA, "You may not decide this request")
        assert (await desk.approvals(ts))[0].status is ApprovalStatus.PENDING


async def test_a_guest_decides_nothing_though_they_see_the_buttons(desk: Desk) -> None:
    ts, message = await _asked(desk)
    assert await desk.click(GUEST, message, "approval_approve")
    await desk.whispered(GUEST, "you are a guest here")
    assert (await desk.approvals(ts))[0].status is ApprovalStatus.PENDING


async def test_a_member_of_the_approvers_group_may_decide(open_desk: Any) -> None:
    async with open_desk(dispatch_approvers=("S0APPROVERS",)) as desk:
        ts, message = await _asked(desk)
        await desk.click(ADA, message, "approval_approve")
        await desk.whispered(ADA, "You may not decide this request")
        await desk.click(GRACE, message, "approval_approve")
        assert (await desk.approvals(ts))[0].status is ApprovalStatus.APPROVED


async def test_nobody_decides_by_a_group_that_slack_does_not_name(
    open_desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def mute(*_: Any, **__: Any) -> None:
        raise FAULTS[1]("no answer")

    monkeypatch.setattr("slack_sdk.web.async_client.AsyncWebClient.usergroups_users_list", mute)
    async with open_desk(dispatch_approvers=("S0APPROVERS",)) as desk:
        ts, message = await _asked(desk)
        assert await desk.click(GRACE, message, "approval_approve")
        await desk.whispered(GRACE, "Slack did not tell me who is in the approvers")
        assert (await desk.approvals(ts))[0].status is ApprovalStatus.PENDING


async def test_a_rejection_can_carry_a_reason(desk: Desk) -> None:
    ts, message = await _asked(desk)
    await desk.click(GRACE, message, "approval_reject_reason")
    view = desk.workspace.slack.views._stacks[GRACE][-1]
    assert await desk.submit(GRACE, view["id"], "Not on a Friday") is None
    approval = (await desk.approvals(ts))[0]
    assert (approval.status, approval.decision_reason) == (
        ApprovalStatus.REJECTED,
        "Not on a Friday",
    )


async def test_a_reason_that_comes_second_is_told_in_the_modal_who_decided(desk: Desk) -> None:
    _, message = await _asked(desk)
    await desk.click(GRACE, message, "approval_reject_reason")
    await desk.click(ADA, message, "approval_approve")
    view = desk.workspace.slack.views._stacks[GRACE][-1]
    assert await desk.submit(GRACE, view["id"], "Not on a Friday") is None
    shown = desk.workspace.slack.views._stacks[GRACE][-1]
    assert "already approved by <@U0ADA>" in str(shown["blocks"])


async def test_no_reason_is_asked_for_once_it_is_decided(desk: Desk) -> None:
    _, message = await _asked(desk)
    await desk.click(ADA, message, "approval_approve")
    click = desk.workspace.slack.messages.get("C0GENERAL", message["ts"])
    stale = dict(message) | {"ts": click["ts"]}
    desk.workspace.slack.messages.put("C0GENERAL", dict(message))
    await desk.click(GRACE, stale, "approval_reject_reason")
    await desk.whispered(GRACE, "already approved by <@U0ADA>")


async def test_a_click_by_somebody_of_another_workspace_decides_nothing(desk: Desk) -> None:
    ts, message = await _asked(desk)
    payload = _foreign_click(desk, message)
    await desk.workspace.slack.outbound.ask("interactive", payload)  # type: ignore[arg-type]
    assert (await desk.approvals(ts))[0].status is ApprovalStatus.PENDING


def _foreign_click(desk: Desk, message: Json) -> dict[str, Any]:
    from bot.local_workspace import interactions

    click = interactions.Click(
        user=GRACE, action_id=BUTTONS, channel="C0GENERAL", message_ts=message["ts"]
    )
    payload = interactions._in_message(desk.workspace.slack, click)
    payload["team"] = {"id": "T0ELSEWHERE", "domain": "elsewhere"}
    payload["user"] = payload["user"] | {"team_id": "T0ELSEWHERE"}
    return payload
