"""Approvals: asked for once, decided once, and told of in the audit trail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from dispatch_core.audit_trail import AuditKind
from dispatch_core.errors import NotFound
from dispatch_core.lifecycle import ApprovalStatus, Scope
from dispatch_core.records import audit, threads
from dispatch_core.records.columns import new_id, stands_at
from dispatch_core.records.tables import APPROVALS, STEPS
from dispatch_core.records.transaction import Transaction
from dispatch_core.redaction import show_payload
from dispatch_core.views import EntryKind

_IS_PENDING = stands_at(APPROVALS.c.status, ApprovalStatus.PENDING)
_KINDS = {
    ApprovalStatus.APPROVED: AuditKind.APPROVED,
    ApprovalStatus.REJECTED: AuditKind.REJECTED,
    ApprovalStatus.EXPIRED: AuditKind.EXPIRED,
    ApprovalStatus.WITHDRAWN: AuditKind.WITHDRAWN,
}


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


@dataclass(frozen=True, slots=True)
class Closing:
    """How an approval is closed: by whom and why, how far it reaches, and who edited it away.

    ended_by is who ended its run instead.
    """

    status: ApprovalStatus
    by: str | None = None
    reason: str | None = None
    scope: Scope | None = None
    until: datetime | None = None
    replaced_by: str | None = None
    ended_by: str | None = None


def ask(
    tx: Transaction,
    thread_id: str,
    approval: NewApproval,
    expires_at: datetime,
    remind_at: datetime | None,
) -> str:
    """Write the question and show it in the thread; returns the approval's id.

    Who edited an earlier step of the run is an author of this one: so much is sure.
    """
    approval_id = new_id()
    given = {name: getattr(approval, name) for name in NewApproval.__slots__}
    told = {
        "reasons": [show_payload(reason) for reason in approval.reasons],
        "programs": [show_payload(program) for program in approval.programs],
        "preview": show_payload(approval.preview),
        "grant_words": approval.grant_words and show_payload(approval.grant_words),
    }
    row = {
        "id": approval_id,
        "status": ApprovalStatus.PENDING,
        "requested_at": tx.now,
        "expires_at": expires_at,
        "remind_at": remind_at,
        **_authorship(tx, approval),
    }
    tx.connection.execute(insert(APPROVALS), given | told | row)
    threads.add_entry(tx, thread_id, EntryKind.APPROVAL, approval_id)
    _note(tx, AuditKind.ASKED, approval.requester, given | row, {"reasons": told["reasons"]})
    return approval_id


def _authorship(tx: Transaction, approval: NewApproval) -> dict[str, Any]:
    latest = (
        select(APPROVALS, STEPS.c.tool, STEPS.c.arguments)
        .join(STEPS, STEPS.c.id == APPROVALS.c.step_id)
        .where(APPROVALS.c.run_id == approval.run_id)
        .order_by(APPROVALS.c.id.desc())
        .limit(1)
    )
    before = tx.connection.execute(latest).one_or_none()
    if before is None:
        return {"authors": [], "written_by": None}
    if before.replaced_by is not None:
        authors = list(dict.fromkeys([*before.authors, before.replaced_by]))
        return {"authors": authors, "written_by": before.replaced_by}
    # The same step once more, since something that it was bound to had changed.
    now = select(STEPS.c.tool, STEPS.c.arguments).where(STEPS.c.id == approval.step_id)
    is_same = tuple(tx.connection.execute(now).one()) == (before.tool, before.arguments)
    return {"authors": before.authors, "written_by": before.written_by if is_same else None}


def close_if_pending(tx: Transaction, approval_id: str, closing: Closing) -> bool:
    """Decide, expire or withdraw an approval that is pending; whether it was."""
    done = tx.connection.execute(
        update(APPROVALS)
        .where(APPROVALS.c.id == approval_id, _IS_PENDING)
        .values(
            status=closing.status,
            decided_at=tx.now,
            decided_by=closing.by,
            decision_reason=closing.reason,
            scope=closing.scope.value if closing.scope else None,
            granted_until=closing.until,
            replaced_by=closing.replaced_by,
        )
        .returning(*APPROVALS.c)
    ).one_or_none()
    if done is None:
        return False
    tx.touch(approval_id)
    kind = AuditKind.EDITED if closing.replaced_by else _KINDS[closing.status]
    facts = {"reason": closing.reason, "scope": done.scope, "until": closing.until}
    said = {name: fact for name, fact in facts.items() if fact is not None}
    person = closing.by or closing.replaced_by or closing.ended_by
    _note(tx, kind, person, done._mapping, said)
    return True


def note_vote(tx: Transaction, row: Any, person: str, facts: dict[str, Any]) -> None:
    """Let the audit trail tell of a yes that needs others beside it."""
    _note(tx, AuditKind.VOTED, person, row._mapping, facts)


def _note(
    tx: Transaction, kind: AuditKind, person: str | None, row: Any, facts: dict[str, Any]
) -> None:
    mark = select(STEPS.c.fingerprint).where(STEPS.c.id == row["step_id"])
    what = {
        "title": row["title"],
        "payload": row["payload"],
        "requester": row["requester"],
        "fingerprint": tx.connection.scalar(mark),
    }
    subjects = {name: row[name] for name in ("run_id", "step_id", "device_id")}
    audit.note(tx, kind, person, {"approval_id": row["id"], **subjects}, what | facts)


def withdraw_of_run(tx: Transaction, run_id: str, by: str | None = None) -> None:
    """Withdraw what a run had asked for that was ended otherwise, by this person if by one."""
    query = select(APPROVALS.c.id).where(APPROVALS.c.run_id == run_id, _IS_PENDING)
    for approval_id in tx.connection.scalars(query).all():
        close_if_pending(tx, approval_id, Closing(ApprovalStatus.WITHDRAWN, ended_by=by))


def hold(tx: Transaction, approval_id: str) -> Any:
    """The row of an approval that nobody else decides before the transaction's end.

    Raises NotFound.
    """
    query = select(APPROVALS).where(APPROVALS.c.id == approval_id).with_for_update()
    row = tx.connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(what="approval", name=approval_id)
    return row
