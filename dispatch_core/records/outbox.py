"""A thread's entries as the announcer takes them: shown anew until what is shown is what is."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, update

from dispatch_core.records.shown import bodies
from dispatch_core.records.tables import ENTRIES, THREADS
from dispatch_core.records.transaction import Transaction
from dispatch_core.views import ThreadEntry


def unannounced(tx: Transaction, limit: int) -> tuple[ThreadEntry, ...]:
    """Entries that changed since they were announced, oldest first."""
    return _entries(tx, ENTRIES.c.announced < ENTRIES.c.revision, limit)


def of_thread(tx: Transaction, thread_key: str) -> tuple[ThreadEntry, ...]:
    """All that a thread shows, in order."""
    return _entries(tx, THREADS.c.key == thread_key)


def _entries(
    tx: Transaction, condition: ColumnElement[bool], limit: int | None = None
) -> tuple[ThreadEntry, ...]:
    query = (
        select(ENTRIES, THREADS.c.key)
        .join(THREADS, THREADS.c.id == ENTRIES.c.thread_id)
        .where(condition)
        .order_by(ENTRIES.c.id)
        .limit(limit)
    )
    rows = tx.connection.execute(query).all()
    found = bodies(tx, ((row.kind, row.subject_id) for row in rows))
    return tuple(_view(row, found[row.subject_id]) for row in rows)


def _view(row: Any, body: Any) -> ThreadEntry:
    return ThreadEntry(
        id=row.id,
        thread_key=row.key,
        position=row.position,
        kind=row.kind,
        revision=row.revision,
        announced=row.announced,
        ref=row.ref,
        attempt=row.attempt,
        body=body,
    )


def flush_touched(tx: Transaction) -> None:
    """Raise the revision of all that this transaction touched, in one statement."""
    if tx.touched:
        tx.connection.execute(_RAISE, {"subjects": sorted(tx.touched)})
        tx.touched.clear()


_RAISE = (
    update(ENTRIES)
    .where(ENTRIES.c.subject_id.in_(bindparam("subjects", expanding=True)))
    .values(revision=ENTRIES.c.revision + 1)
)


def note_attempt(tx: Transaction, entry_id: str, attempt: str) -> None:
    """Note what is about to be posted, so that a lost answer is looked for and not repeated."""
    tx.connection.execute(update(ENTRIES).where(ENTRIES.c.id == entry_id).values(attempt=attempt))


def announced(tx: Transaction, entry_id: str, revision: int, ref: str | None) -> None:
    """This revision is shown now; an older one never hides that a newer one was."""
    tx.connection.execute(
        update(ENTRIES)
        .where(ENTRIES.c.id == entry_id, ENTRIES.c.announced <= revision)
        .values(announced=revision, ref=ref, attempt=None)
    )
