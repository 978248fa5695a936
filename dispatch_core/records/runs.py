"""Runs: each move is one compare-and-set that names the status it leaves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    bindparam,
    insert,
    select,
    update,
)

from dispatch_core.errors import IllegalMove, NotFound
from dispatch_core.lifecycle import (
    CORE_DESK,
    ENDS,
    TERMINAL,
    EndReason,
    Route,
    RunStatus,
    may_move,
)
from dispatch_core.records import threads
from dispatch_core.records.columns import OnlySqlite, filtered_to, new_id, stands_not_at
from dispatch_core.records.tables import RUNS
from dispatch_core.records.transaction import STOP_REQUESTED, Transaction, desk_topic
from dispatch_core.views import EntryKind


@dataclass(frozen=True, slots=True)
class NewRun:
    """What a run begins with."""

    thread_id: str
    requester: str
    title: str
    request: str
    route: Route
    route_reason: str
    device_wish: str | None
    timeout_seconds: float
    time_zone: str
    asked_at: datetime
    retry_of: str | None = None
    request_key: str | None = None


def add(tx: Transaction, run: NewRun) -> str:
    """Queue a new run at the core's desk and show it in its thread."""
    run_id = new_id()
    row = {name: getattr(run, name) for name in NewRun.__slots__} | {
        "id": run_id,
        "status": RunStatus.QUEUED,
        "desk": CORE_DESK,
        "queued_at": tx.now,
    }
    tx.connection.execute(_INSERT, row)
    threads.add_entry(tx, run.thread_id, EntryKind.RUN, run_id)
    tx.signal(desk_topic(CORE_DESK))
    return run_id


_INSERT = insert(RUNS)


def queue_if(
    tx: Transaction, run_id: str, before: Sequence[RunStatus], desk: str, **values: Any
) -> bool:
    """Queue a run that stands at one of these statuses; whether it did."""
    moved = _move(
        tx, run_id, before, RunStatus.QUEUED, desk=desk, queued_at=tx.now, activity="", **values
    )
    if moved:
        tx.signal(desk_topic(desk))
    return moved


def end_if(
    tx: Transaction, run_id: str, before: Iterable[RunStatus], reason: EndReason, **values: Any
) -> bool:
    """End a run that stands at one of these statuses; whether it did."""
    ended = {"reason": reason, "finished_at": tx.now, "activity": ""}
    moved = _move(tx, run_id, before, ENDS[reason], **ended, **values)
    if moved:
        thread = select(RUNS.c.thread_id).where(RUNS.c.id == run_id)
        wake_thread(tx, tx.connection.scalars(thread).one())
    return moved


def _move(
    tx: Transaction, run_id: str, before: Iterable[RunStatus], after: RunStatus, **values: Any
) -> bool:
    statuses = list(before)
    for status in statuses:
        if not may_move(status, after):
            raise IllegalMove(before=status, after=after)
    done = tx.connection.execute(
        update(RUNS)
        .where(RUNS.c.id == run_id, RUNS.c.status.in_(statuses))
        .values(status=after, owner=None, lease_until=None, version=RUNS.c.version + 1, **values)
    )
    if done.rowcount:
        tx.touch(run_id)
    return bool(done.rowcount)


def request_stop(tx: Transaction, run_id: str, by: str) -> bool:
    """Ask the worker of a running run to stop; whether there was one to ask."""
    done = tx.connection.execute(
        update(RUNS)
        .where(RUNS.c.id == run_id, RUNS.c.status == RunStatus.RUNNING)
        .values(stop_requested_at=tx.now, stopped_by=by, activity="stopping…")
    )
    if done.rowcount:
        tx.touch(run_id)
        tx.signal(STOP_REQUESTED)
    return bool(done.rowcount)


def stops_asked(tx: Transaction, run_ids: Iterable[str]) -> set[str]:
    """Which of these running runs a person wants stopped."""
    asked = select(RUNS.c.id).where(
        RUNS.c.id.in_(list(run_ids)), RUNS.c.stop_requested_at.is_not(None)
    )
    return set(tx.connection.scalars(asked))


def wake_thread(tx: Transaction, thread_id: str) -> None:
    """Wake the desks where a later run of this thread waits for its turn."""
    for desk in tx.connection.scalars(_QUEUED_DESKS, {"thread_id": thread_id}):
        tx.signal(desk_topic(desk))


def waits_or_works(
    runs: FromClause, *, statuses: Sequence[RunStatus] = (RunStatus.QUEUED, RunStatus.RUNNING)
) -> ColumnElement[bool]:
    """Whether a run keeps later ones of its thread waiting; join it by its thread.

    SQLite finds it by ix_run_active, PostgreSQL by ix_run_thread.
    """
    return and_(
        OnlySqlite(stands_not_at(runs.c.status, *TERMINAL)),
        filtered_to(runs.c.status, *statuses),
    )


_QUEUED_DESKS = (
    select(RUNS.c.desk)
    .where(RUNS.c.thread_id == bindparam("thread_id"))
    .where(waits_or_works(RUNS, statuses=[RunStatus.QUEUED]))
    .distinct()
)


def active_in_thread(tx: Transaction, thread_id: str, before: datetime | None = None) -> list[Any]:
    """The rows of a thread's unfinished runs, oldest first; asked for at `before` or earlier.

    Nobody moves them before the transaction's end.
    """
    query = select(RUNS).where(
        RUNS.c.thread_id == thread_id, stands_not_at(RUNS.c.status, *TERMINAL)
    )
    if before is not None:
        query = query.where(RUNS.c.asked_at <= before)
    query = query.order_by(RUNS.c.asked_at, RUNS.c.id).with_for_update()
    return list(tx.connection.execute(query))


def get(tx: Transaction, run_id: str) -> Any:
    """The row of a run; raises NotFound."""
    return _one(tx, run_id, select(RUNS))


def hold(tx: Transaction, run_id: str) -> Any:
    """The row of a run that nobody moves before the transaction's end; raises NotFound."""
    return _one(tx, run_id, select(RUNS).with_for_update())


def _one(tx: Transaction, run_id: str, query: Select[Any]) -> Any:
    row = tx.connection.execute(query.where(RUNS.c.id == run_id)).one_or_none()
    if row is None:
        raise NotFound(what="run", name=run_id)
    return row


def by_request_key(tx: Transaction, request_key: str) -> Any | None:
    """The row of the run that this click already made."""
    query = select(RUNS).where(RUNS.c.request_key == request_key)
    return tx.connection.execute(query).one_or_none()


def of_device(tx: Transaction, device_id: str) -> list[Any]:
    """The rows of unfinished runs that this device does or is to do."""
    query = select(RUNS).where(
        RUNS.c.device_id == device_id, stands_not_at(RUNS.c.status, *TERMINAL)
    )
    return list(tx.connection.execute(query))


def say_activity(tx: Transaction, run_id: str, activity: str) -> None:
    """Say what a queued run waits for, where that changed."""
    done = tx.connection.execute(
        update(RUNS)
        .where(
            RUNS.c.id == run_id,
            RUNS.c.status == RunStatus.QUEUED,
            RUNS.c.activity != activity,
        )
        .values(activity=activity)
    )
    if done.rowcount:
        tx.touch(run_id)


def redirect_if_queued(tx: Transaction, run_id: str, desk: str) -> bool:
    """Let a queued run wait at another desk; whether it was queued."""
    done = tx.connection.execute(
        update(RUNS)
        .where(RUNS.c.id == run_id, RUNS.c.status == RunStatus.QUEUED)
        .values(desk=desk, queued_at=tx.now, activity="")
    )
    if done.rowcount:
        tx.touch(run_id)
        tx.signal(desk_topic(desk))
    return bool(done.rowcount)
