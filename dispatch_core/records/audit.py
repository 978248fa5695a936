"""The audit trail: appended to in the transaction of what it tells of, and never changed.

Nothing here updates or deletes a line, and no retention does: persons' ids stay in it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from dispatch_core.audit_trail import AuditKind, Head, digest
from dispatch_core.records.decision_tables import AUDIT, AUDIT_HEAD
from dispatch_core.records.transaction import AuditNote, Transaction
from dispatch_core.redaction import show_payload

# A longer text is cut: the trail says what was decided, and the step's fingerprint binds the rest.
MOST_CHARS = 2_000
BATCH = 500


def note(
    tx: Transaction,
    kind: AuditKind,
    person: str | None,
    subjects: Mapping[str, str | None],
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Let the trail tell of this, at the transaction's end; person is None for the clock.

    subjects are ids by what they are of (run_id, device_id, …); facts are JSON, and are sanitized.
    """
    named = {name: value for name, value in subjects.items() if value is not None}
    tx.notes.append(AuditNote(kind.value, person, named, _sanitized(dict(facts or {}))))


def append(tx: Transaction) -> None:
    """Write the transaction's notes at the trail's end.

    Its head is locked until the commit, so that two processes never append to the same line.
    """
    if not tx.notes:
        return
    head = _hold_head(tx)
    lines = []
    for noted in tx.notes:
        line = _line(tx.now, noted, head)
        lines.append(line | {"at": tx.now})
        head = Head(line["seq"], line["hash"])
    tx.connection.execute(insert(AUDIT), lines)
    tx.connection.execute(update(AUDIT_HEAD).values(seq=head.seq, hash=head.hash))
    tx.notes = []


def head_of(tx: Transaction) -> Head | None:
    """The trail's end as it is kept beside the trail; None before the first line."""
    row = tx.connection.execute(select(AUDIT_HEAD)).one_or_none()
    return Head(row.seq, row.hash) if row is not None else None


def lines_after(tx: Transaction, seq: int) -> list[dict[str, Any]]:
    """Up to BATCH lines of the trail after this one, as they are exported."""
    query = select(AUDIT).where(AUDIT.c.seq > seq).order_by(AUDIT.c.seq).limit(BATCH)
    return [_exported(row) for row in tx.connection.execute(query)]


def line_at(tx: Transaction, seq: int) -> Head:
    """The trail as it stood after this line; as it begins, where there is no such line."""
    row = tx.connection.execute(select(AUDIT.c.hash).where(AUDIT.c.seq == seq)).one_or_none()
    return Head(seq, row.hash) if row is not None else Head()


def before(tx: Transaction, since: datetime) -> int:
    """The line before the first one that was written at `since` or later; the last where none was.

    A clock that was set back leaves no gap: all that follow the first one are told with it.
    """
    first = select(func.min(AUDIT.c.seq)).where(AUDIT.c.at >= since)
    seq = tx.connection.scalar(first)
    return int(seq) - 1 if seq is not None else (head_of(tx) or Head()).seq


def _hold_head(tx: Transaction) -> Head:
    query = select(AUDIT_HEAD).with_for_update()
    row = tx.connection.execute(query).one_or_none()
    if row is None:
        try:
            with tx.connection.begin_nested():
                tx.connection.execute(insert(AUDIT_HEAD), _last_line(tx))
        except IntegrityError:
            pass  # another process has just made it
        row = tx.connection.execute(query).one()
    return Head(row.seq, row.hash)


def _last_line(tx: Transaction) -> dict[str, Any]:
    query = select(AUDIT.c.seq, AUDIT.c.hash).order_by(AUDIT.c.seq.desc()).limit(1)
    row = tx.connection.execute(query).one_or_none()
    last = Head(row.seq, row.hash) if row is not None else Head()
    return {"name": "head", "seq": last.seq, "hash": last.hash}


def _line(at: datetime, noted: AuditNote, head: Head) -> dict[str, Any]:
    line = {
        "seq": head.seq + 1,
        "at": _written(at),
        "kind": noted.kind,
        "person": noted.person,
        "subjects": noted.subjects,
        "facts": noted.facts,
        "previous": head.hash,
    }
    return line | {"hash": digest(line)}


def _exported(row: Any) -> dict[str, Any]:
    return dict(row._mapping) | {"at": _written(row.at)}


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _sanitized(value: Any) -> Any:
    """The value as anybody may read it: secrets masked, hidden characters shown, texts cut."""
    if isinstance(value, str):
        shown = show_payload(value)
        return shown if len(shown) <= MOST_CHARS else shown[:MOST_CHARS] + "…"
    if isinstance(value, Mapping):
        return {str(name): _sanitized(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_sanitized(part) for part in value]
    if isinstance(value, datetime):
        return _written(value)
    return value
