"""Approvals: asked for once, decided once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from dispatch_core.lifecycle import ApprovalStatus
from dispatch_core.records import threads
from dispatch_core.records.columns import new_id, stands_at
from dispatch_core.records.tables import APPROVALS
from dispatch_core.records.transaction import Transaction
from dispatch_core.redaction import show_payload
from dispatch_core.views import EntryKind

_IS_PENDING = stands_at(APPROVALS.c.status, ApprovalStatus.PENDING)


@dataclass(frozen=True, slots=True)
class NewApproval:
    """What a person is asked; desk is where the run is queued once it is approved.

    reasons, programs and preview tell what the device found; grant_key and grant_words are what a
    lasting grant would cover; editable, whether a person may change the payload's text.
    """

    run_id: str
    step_id: str
    title: str
    description: str
    payload: str
    desk: str
    device_id: str | None
    device_owner: str | None
    requester: str
    reasons: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    preview: str = ""
    grant_key: str | None = None
    grant_words: str | None = None
    editable: bool = False


def ask(
    tx: Transaction,
    thread_id: str,
    approval: NewApproval,
    expires_at: datetime,
    remind_at: datetime | None,
) -> str:
    """Write the question and show it in the thread; returns the approval's id."""
    approval_id = new_id()
    row = {name: getattr(approval, name) for name in NewApproval.__slots__} | {
        "id": approval_id,
        "reasons": [show_payload(reason) for reason in approval.reasons],
        "programs": [show_payload(program) for program in approval.programs],
        "preview": show_payload(approval.preview),
        "authors": [],
        "status": ApprovalStatus.PENDING,
        "requested_at": tx.now,
        "expires_at": expires_at,
        "remind_at": remind_at,
    }
    tx.connection.execute(insert(APPROVALS), row)
    threads.add_entry(tx, thread_id, EntryKind.APPROVAL, approval_id)
    return approval_id


def close_if_pending(
    tx: Transaction,
    approval_id: str,
    status: ApprovalStatus,
    *,
    by: str | None = None,
    reason: str | None = None,
) -> bool:
    """Decide, expire or withdraw an approval that is pending; whether it was."""
    done = tx.connection.execute(
        update(APPROVALS)
        .where(APPROVALS.c.id == approval_id, _IS_PENDING)
        .values(status=status, decided_at=tx.now, decided_by=by, decision_reason=reason)
    )
    if done.rowcount:
        tx.touch(approval_id)
    return bool(done.rowcount)


def withdraw_of_run(tx: Transaction, run_id: str) -> None:
    """Withdraw what a run that ended otherwise had asked for."""
    query = select(APPROVALS.c.id).where(APPROVALS.c.run_id == run_id, _IS_PENDING)
    for approval_id in tx.connection.scalars(query).all():
        close_if_pending(tx, approval_id, ApprovalStatus.WITHDRAWN)


def hold(tx: Transaction, approval_id: str) -> Any | None:
    """The row of an approval, which nobody else decides before the transaction's end."""
    query = select(APPROVALS).where(APPROVALS.c.id == approval_id).with_for_update()
    return tx.connection.execute(query).one_or_none()
