"""What waits to be announced: all of it while it is little, the most urgent first when it is much.

Everything here begins at ix_entry_unannounced, which holds only what waits: a million announced
entries cost nothing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Table,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
)

from dispatch_core.lifecycle import ACTIVE
from dispatch_core.records import outbox
from dispatch_core.records.tables import APPROVALS, ENTRIES, RUNS, THREADS
from dispatch_core.records.transaction import Transaction
from dispatch_core.views import EntryKind, ThreadEntry

# Up to here all is read at once; beyond, by urgency.
MUCH = 500
# So many of a thread's unposted entries are read ahead; the rest wait behind them anyway.
AHEAD = 20

Want = tuple[int, Collection[str]]
"""How many are wanted, and the beginnings of thread keys of which there are enough already."""


def waiting(
    tx: Transaction, known: Mapping[str, int], wants: Sequence[Want]
) -> tuple[tuple[ThreadEntry, ...], bool]:
    """Entries to announce beyond the known ones (revisions by id), and whether there are more.

    wants says what to read where there is much: of approvals, of what is new or has ended, and of
    progress. In each thread nothing is read without the unposted entries before it.
    """
    heads: Sequence[Any] = tx.connection.execute(_HEADS, {"most": MUCH + 1}).all()
    much = len(heads) > MUCH
    if much:
        heads = _most_urgent(tx, wants)
    fresh = [head.id for head in heads if known.get(head.id) != head.revision]
    return outbox.of_ids(tx, fresh), much


def lag(tx: Transaction) -> float:
    """Seconds that the oldest unannounced change waits; 0 where nothing does.

    Derived, since no row keeps the time of a change: a new entry's id tells when it was made, and
    an end or a decision has its own time (of the first few hundred that were shown before).
    Progress is left out: it is coalesced by design.
    """
    first = tx.connection.scalar(_OLDEST_NEW)
    times = [tx.connection.scalar(_OLDEST_END), tx.connection.scalar(_OLDEST_DECISION)]
    oldest = min([*filter(None, times), *([made_at(first)] if first else [])], default=tx.now)
    return max(0.0, (tx.now - oldest).total_seconds())


def made_at(entry_id: str) -> datetime:
    """When an id was made, by its maker's clock: a UUIDv7 begins with Unix milliseconds."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(entry_id[:12], 16))


_WAITS = ENTRIES.c.announced < ENTRIES.c.revision
_COLUMNS = (
    ENTRIES.c.id,
    ENTRIES.c.thread_id,
    ENTRIES.c.position,
    ENTRIES.c.revision,
    ENTRIES.c.ref,
)
_HEADS = select(*_COLUMNS).where(_WAITS).order_by(ENTRIES.c.id).limit(bindparam("most"))


def _is_progress() -> ColumnElement[bool]:
    active = RUNS.c.status.in_(list(ACTIVE))
    return and_(
        ENTRIES.c.kind == EntryKind.RUN,
        ENTRIES.c.ref.is_not(None),
        exists().where(RUNS.c.id == ENTRIES.c.subject_id, active),
    )


_APPROVAL = ENTRIES.c.kind == EntryKind.APPROVAL
_URGENCIES = (_APPROVAL, and_(not_(_APPROVAL), not_(_is_progress())), _is_progress())


def _most_urgent(tx: Transaction, wants: Sequence[Want]) -> list[Any]:
    picked: dict[str, Any] = {}
    for urgency, (most, enough) in zip(_URGENCIES, wants, strict=True):
        if most > 0:
            query = select(*_COLUMNS).where(_WAITS, urgency).order_by(ENTRIES.c.id).limit(most)
            if enough:
                query = query.join(THREADS, THREADS.c.id == ENTRIES.c.thread_id)
                begun = (THREADS.c.key.startswith(one, autoescape=True) for one in enough)
                query = query.where(not_(or_(*begun)))
            picked |= {row.id: row for row in tx.connection.execute(query)}
    return _with_predecessors(tx, picked)


def _with_predecessors(tx: Transaction, picked: dict[str, Any]) -> list[Any]:
    """Ids of one thread may be out of its order, where machines' clocks differ; places are not."""
    posted = [row for row in picked.values() if row.ref is not None]
    unposted = {row.id: row for row in picked.values() if row.ref is None}
    last = [max(of_thread, key=_place).id for _, of_thread in _by_thread(unposted.values())]
    if last:
        unposted |= {row.id: row for row in tx.connection.execute(_BEFORE, {"picked": last})}
    ahead = [list(of_thread)[:AHEAD] for _, of_thread in _by_thread(unposted.values())]
    return [*posted, *(row for of_thread in ahead for row in of_thread)]


_picked = ENTRIES.alias("picked")
_BEFORE = (
    select(*_COLUMNS)
    .join(_picked, _picked.c.thread_id == ENTRIES.c.thread_id)
    .where(
        _picked.c.id.in_(bindparam("picked", expanding=True)),
        ENTRIES.c.position < _picked.c.position,
        _WAITS,
        ENTRIES.c.ref.is_(None),
    )
)


def _place(row: Any) -> Any:
    return row.thread_id, row.position


def _thread(row: Any) -> Any:
    return row.thread_id


def _by_thread(rows: Iterable[Any]) -> Any:
    return groupby(sorted(rows, key=_place), key=_thread)


def _oldest(of: Table, time: ColumnElement[Any]) -> Any:
    # Bounded: a planner that can't tell how little waits would rather scan all runs that ever were.
    shown = (
        select(ENTRIES.c.subject_id)
        .where(_WAITS, ENTRIES.c.announced > 0)
        .order_by(ENTRIES.c.id)
        .limit(MUCH)
        .subquery()
    )
    return select(func.min(time)).join_from(shown, of, of.c.id == shown.c.subject_id)


# Written as a sum, since PostgreSQL knows how rare a zero is among all entries that ever were, and
# would sort all that waits instead of taking the first.
_IS_NEW = ENTRIES.c.announced + literal_column("0") == literal_column("0")
_OLDEST_NEW = select(ENTRIES.c.id).where(_WAITS, _IS_NEW).order_by(ENTRIES.c.id).limit(1)
_OLDEST_END = _oldest(RUNS, RUNS.c.finished_at)
_OLDEST_DECISION = _oldest(APPROVALS, APPROVALS.c.decided_at)
