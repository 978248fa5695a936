"""Approvals, on both databases: asked for once, closed once, reminded of once."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dispatch_core.approval_views import ApprovalView
from dispatch_core.lifecycle import ApprovalStatus
from dispatch_core.records import approvals, due
from dispatch_core.records.approvals import Closing
from dispatch_core.records.transaction import Transaction
from tests.core.engine import ADA, GRACE, Engine

CLOSED = (ApprovalStatus.APPROVED, ApprovalStatus.EXPIRED, ApprovalStatus.WITHDRAWN)
BROKEN = (
    "UPDATE approval SET status = 'approved'",
    "UPDATE approval SET decided_by = 'somebody'",
    "UPDATE approval SET status = 'expired'",
    "UPDATE approval SET status = 'perhaps'",
)


@pytest.fixture
async def approval(engine: Engine) -> ApprovalView:
    """One that is pending."""
    await engine.pair()
    return await engine.ask_for_shell()


@pytest.mark.parametrize("status", CLOSED)
async def test_what_is_closed_is_not_closed_again(
    engine: Engine, approval: ApprovalView, status: ApprovalStatus
) -> None:
    by = ADA if status is ApprovalStatus.APPROVED else None

    def close(tx: Transaction) -> list[bool]:
        first = approvals.close_if_pending(tx, approval.id, Closing(status, by=by))
        second = Closing(ApprovalStatus.REJECTED, by=GRACE, reason="no")
        again = approvals.close_if_pending(tx, approval.id, second)
        return [first, again]

    assert await engine.store.write(close) == [True, False]
    view = await engine.dispatcher.approval(approval.id)
    assert (view.status, view.decided_by, view.decision_reason) == (status, by, None)


async def test_what_a_run_asked_for_is_withdrawn_with_it(
    engine: Engine, approval: ApprovalView
) -> None:
    await engine.store.write(lambda tx: approvals.withdraw_of_run(tx, approval.run_id))
    view = await engine.dispatcher.approval(approval.id)
    assert view.status is ApprovalStatus.WITHDRAWN


async def test_an_approval_is_due_when_its_time_is_over_and_while_it_is_pending(
    engine: Engine, approval: ApprovalView
) -> None:
    engine.clock.now = approval.expires_at - timedelta(seconds=1)
    assert await engine.store.write(due.take_expired) == []
    engine.clock.now = approval.expires_at
    assert [row.id for row in await engine.store.write(due.take_expired)] == [approval.id]
    await engine.upkeep.expire_approvals()
    assert await engine.store.write(due.take_expired) == []


async def test_a_reminder_comes_once_and_not_of_what_is_decided(
    engine: Engine, approval: ApprovalView
) -> None:
    other = await engine.ask_for_shell(thread="T1:C1:2")
    await engine.approve(other)
    engine.clock.now = approval.expires_at - timedelta(minutes=1)
    reminded = await engine.store.write(due.take_reminders)
    assert [row.id for row in reminded] == [approval.id]
    assert await engine.store.write(due.take_reminders) == []
    assert (await engine.dispatcher.approval(approval.id)).reminded


async def test_a_decision_without_its_person_and_time_can_not_be(
    engine: Engine, approval: ApprovalView
) -> None:
    for broken in BROKEN:
        with pytest.raises(IntegrityError):
            await engine.store.write(lambda tx, b=broken: tx.connection.execute(text(b)))
    assert (await engine.dispatcher.approval(approval.id)).status is ApprovalStatus.PENDING
