"""A thread's entries as the announcer takes them: shown anew until what is shown is what is.

What is announced is told by the one process that holds the announcer's lease (leases.py): a process
that was suspended, and has lost it meanwhile, can change nothing here.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, literal_column, select, update

from dispatch_core.records import leases
from dispatch_core.records.rowset import Many, values_of
from dispatch_core.records.shown import bodies
from dispatch_core.records.tables import ENTRIES, THREADS
from dispatch_core.records.transaction import ENTRIES_CHANGED, Transaction
from dispatch_core.views import ThreadEntry

ANNOUNCER = "announcer"


def of_thread(tx: Transaction, thread_key: str) -> tuple[ThreadEntry, ...]:
    """All that a thread shows, in order."""
    return _entries(tx, THREADS.c.key == thread_key)


def of_ids(tx: Transaction, entry_ids: Collection[str]) -> tuple[ThreadEntry, ...]:
    """The named entries as they are now, oldest first."""
    return _entries(tx, ENTRIES.c.id.in_(entry_ids)) if entry_ids else ()


def _entries(tx: Transaction, condition: ColumnElement[bool]) -> tuple[ThreadEntry, ...]:
    query = (
        select(ENTRIES, THREADS.c.key)
        .join(THREADS, THREADS.c.id == ENTRIES.c.thread_id)
        .where(condition)
        .order_by(ENTRIES.c.id)
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
        # In one order everywhere, so that no two processes wait for each other's entries.
        _RAISE(tx, values_of(sorted(tx.touched)))
        tx.touched.clear()


_RAISE = Many(
    {"subject_id": String},
    lambda rows: (
        update(ENTRIES)
        .where(ENTRIES.c.subject_id == rows["subject_id"])
        .values(revision=ENTRIES.c.revision + literal_column("1"))
    ),
)


def note_attempt(tx: Transaction, owner: str, entry_id: str, attempt: str) -> bool:
    """Note what is about to be posted, so that a lost answer is looked for and not repeated.

    Whether the owner still holds the announcer's lease; nothing is noted where it does not.
    """
    return _as_announcer(tx, owner, _NOTE, {"entry": entry_id, "new_attempt": attempt})


def announced(tx: Transaction, owner: str, entry_id: str, revision: int, ref: str | None) -> bool:
    """This revision is shown now; an older one never hides that a newer one was.

    Whether the owner still holds the announcer's lease; nothing is kept where it does not.
    """
    given = {"entry": entry_id, "shown": revision, "new_ref": ref}
    return _as_announcer(tx, owner, _ANNOUNCED, given)


def _as_announcer(tx: Transaction, owner: str, statement: Any, given: Mapping[str, Any]) -> bool:
    lease = {"lease_name": ANNOUNCER, "lease_owner": owner}
    changed = tx.connection.execute(statement, {**given, **lease}).rowcount
    return changed > 0 or leases.holds(tx, ANNOUNCER, owner)


_NOTE = (
    update(ENTRIES)
    .where(ENTRIES.c.id == bindparam("entry"), leases.still_held())
    .values(attempt=bindparam("new_attempt"))
)
_ANNOUNCED = (
    update(ENTRIES)
    .where(
        ENTRIES.c.id == bindparam("entry"),
        ENTRIES.c.announced <= bindparam("shown"),
        leases.still_held(),
    )
    .values(announced=bindparam("shown"), ref=bindparam("new_ref"), attempt=None)
)


def place_of(tx: Transaction, entry_id: str) -> tuple[str | None, int] | None:
    """Where an entry is shown, and the revision that is; None where there is no such entry."""
    row = tx.connection.execute(_PLACE, {"entry": entry_id}).one_or_none()
    return (row.ref, row.announced) if row is not None else None


def show_again(tx: Transaction, entry_id: str) -> None:
    """An entry may look older than it is; the holder of the announcer's lease is to redraw it."""
    tx.connection.execute(_AGAIN, {"entry": entry_id})
    tx.signal(ENTRIES_CHANGED)


_PLACE = select(ENTRIES.c.ref, ENTRIES.c.announced).where(ENTRIES.c.id == bindparam("entry"))
_AGAIN = (
    update(ENTRIES)
    .where(ENTRIES.c.id == bindparam("entry"))
    .values(revision=ENTRIES.c.revision + 1)
)
