"""Grants: standing approvals on a device, with an end, that a person can revoke."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, insert, or_, select, update

from dispatch_core.approval_views import GrantView
from dispatch_core.audit_trail import AuditKind
from dispatch_core.records import audit
from dispatch_core.records.columns import new_id
from dispatch_core.records.decision_tables import GRANTS
from dispatch_core.records.device_tables import DEVICES
from dispatch_core.records.tables import THREADS
from dispatch_core.records.transaction import Transaction
from dispatch_core.redaction import show_payload


@dataclass(frozen=True, slots=True)
class NewGrant:
    """What a person grants; thread_id is None where it is to hold in every thread.

    key is what the device compares, opaque here and kept as its SHA-256; words say the same.
    """

    device_id: str
    thread_id: str | None
    key: str
    words: str
    tool: str
    approval_id: str
    made_by: str
    expires_at: datetime


def give(tx: Transaction, grant: NewGrant) -> str:
    """Keep a grant; returns its id."""
    grant_id = new_id()
    told = {
        "device_id": grant.device_id,
        "thread_id": grant.thread_id,
        "tool": grant.tool,
        "approval_id": grant.approval_id,
        "made_by": grant.made_by,
        "expires_at": grant.expires_at,
    }
    row = told | {
        "id": grant_id,
        "key_sha256": _hash(grant.key),
        "words": show_payload(grant.words),
        "made_at": tx.now,
        "uses": 0,
    }
    tx.connection.execute(insert(GRANTS), row)
    facts = {"words": grant.words, "tool": grant.tool, "until": grant.expires_at}
    subjects = {"grant_id": grant_id, "approval_id": grant.approval_id}
    subjects |= {"device_id": grant.device_id}
    where = {"thread_id": grant.thread_id}
    audit.note(tx, AuditKind.GRANT_GIVEN, grant.made_by, subjects | where, facts)
    return grant_id


def covering(
    tx: Transaction, device_id: str, thread_id: str, key: str, *, step_id: str | None = None
) -> Any | None:
    """The row of a grant that lets this step be done unasked, its use counted; None without one.

    Neither a revoked grant nor one that has ended covers anything, nor one of a revoked device.
    """
    here = or_(GRANTS.c.thread_id.is_(None), GRANTS.c.thread_id == thread_id)
    fits = and_(GRANTS.c.device_id == device_id, GRANTS.c.key_sha256 == _hash(key), here)
    paired = select(DEVICES.c.id).where(DEVICES.c.id == device_id, DEVICES.c.revoked_at.is_(None))
    longest = select(GRANTS.c.id).where(fits, _stands(tx), paired.exists())
    longest = longest.order_by(GRANTS.c.expires_at.desc()).limit(1)
    used = (
        update(GRANTS)
        # Looked at again: another process may be revoking it at this moment.
        .where(GRANTS.c.id == longest.scalar_subquery(), _stands(tx))
        .values(uses=GRANTS.c.uses + 1, last_used_at=tx.now)
        .returning(*GRANTS.c)
    )
    row = tx.connection.execute(used).one_or_none()
    if row is not None:
        subjects = {"grant_id": row.id, "device_id": device_id, "thread_id": thread_id}
        facts = {"words": row.words, "given_by": row.made_by}
        audit.note(tx, AuditKind.GRANT_USED, None, subjects | {"step_id": step_id}, facts)
    return row


def of_device(tx: Transaction, device_id: str) -> list[GrantView]:
    """The grants on a device that stand, newest first."""
    return _views(tx, _standing(tx).where(GRANTS.c.device_id == device_id))


def of_person(tx: Transaction, person: str) -> list[GrantView]:
    """The grants that stand on a person's devices, and those that they gave; newest first."""
    theirs = or_(DEVICES.c.owner == person, GRANTS.c.made_by == person)
    return _views(tx, _standing(tx).where(theirs))


def find(tx: Transaction, grant_id: str) -> GrantView | None:
    """A grant, standing or not."""
    found = _views(tx, _query().where(GRANTS.c.id == grant_id))
    return found[0] if found else None


def revoke(tx: Transaction, grant_id: str, by: str) -> bool:
    """End a grant that stands; whether it did."""
    done = tx.connection.execute(
        update(GRANTS)
        .where(GRANTS.c.id == grant_id, _stands(tx))
        .values(revoked_at=tx.now, revoked_by=by)
        .returning(GRANTS.c.device_id, GRANTS.c.words)
    ).one_or_none()
    if done is not None:
        subjects = {"grant_id": grant_id, "device_id": done.device_id}
        audit.note(tx, AuditKind.GRANT_REVOKED, by, subjects, {"words": done.words})
    return done is not None


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _stands(tx: Transaction) -> ColumnElement[bool]:
    return and_(GRANTS.c.revoked_at.is_(None), GRANTS.c.expires_at > tx.now)


def _query() -> Select[Any]:
    joined = GRANTS.join(DEVICES, DEVICES.c.id == GRANTS.c.device_id).outerjoin(
        THREADS, THREADS.c.id == GRANTS.c.thread_id
    )
    device = (DEVICES.c.name.label("device_name"), DEVICES.c.owner.label("device_owner"))
    key = THREADS.c.key.label("thread_key")
    return select(GRANTS, *device, key).select_from(joined).order_by(GRANTS.c.id.desc())


def _standing(tx: Transaction) -> Select[Any]:
    return _query().where(_stands(tx), DEVICES.c.revoked_at.is_(None))


def _views(tx: Transaction, query: Select[Any]) -> list[GrantView]:
    return [_view(row) for row in tx.connection.execute(query)]


def _view(row: Any) -> GrantView:
    return GrantView(
        id=row.id,
        device_id=row.device_id,
        device_name=row.device_name,
        device_owner=row.device_owner,
        thread_key=row.thread_key,
        in_thread=row.thread_id is not None,
        tool=row.tool,
        words=row.words,
        made_by=row.made_by,
        made_at=row.made_at,
        expires_at=row.expires_at,
        uses=row.uses,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
    )
