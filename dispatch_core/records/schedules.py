"""Schedules: each move is one compare-and-set that names the status or the time it leaves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, insert, or_, select, update

from dispatch_core.errors import NotFound
from dispatch_core.lifecycle import Missed, RunStatus, ScheduleStatus
from dispatch_core.records.columns import new_id
from dispatch_core.records.schedule_tables import SCHEDULES
from dispatch_core.records.tables import ENTRIES, FILES, MESSAGES, RUNS
from dispatch_core.records.transaction import Transaction
from dispatch_core.timetable.times import Timetable, stored_timetable
from dispatch_core.views import ScheduleView

LIVING = (ScheduleStatus.ACTIVE, ScheduleStatus.PAUSED)
# How many of its next times are shown of a schedule.
SHOWN_TIMES = 3
# How long a schedule whose one time is over is still listed.
DONE_IS_LISTED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """What a schedule begins with; message_id is the message that shows it."""

    owner: str
    thread_key: str
    message_key: str
    message_id: str
    title: str
    task: str
    timetable: Timetable
    missed: Missed
    next_at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """A schedule and the time of it that has come."""

    schedule_id: str
    owner: str
    slot: datetime


def add(tx: Transaction, new: NewSchedule) -> str:
    """Keep a new, active schedule."""
    row = {
        "id": new_id(),
        "owner": new.owner,
        "thread_key": new.thread_key,
        "message_key": new.message_key,
        "message_id": new.message_id,
        "title": new.title,
        "task": new.task,
        "words": new.timetable.words,
        "timetable": new.timetable.as_stored(),
        "time_zone": new.timetable.zone,
        "missed": new.missed,
        "status": ScheduleStatus.ACTIVE,
        "next_at": new.next_at,
        "skipped": 0,
        "note": "",
        "made_at": tx.now,
    }
    tx.connection.execute(insert(SCHEDULES), row)
    return str(row["id"])


def get(tx: Transaction, schedule_id: str) -> Any:
    """The row of a schedule; raises NotFound."""
    query = select(SCHEDULES).where(SCHEDULES.c.id == schedule_id)
    row = tx.connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(what="schedule", name=schedule_id)
    return row


def hold(tx: Transaction, schedule_id: str) -> Any:
    """The same, and nobody else changes it before this transaction ends."""
    query = select(SCHEDULES.c.id).where(SCHEDULES.c.id == schedule_id)
    tx.connection.execute(query.with_for_update())
    return get(tx, schedule_id)


def by_message(tx: Transaction, message_key: str) -> Any | None:
    """The row of the schedule that this message already made."""
    query = select(SCHEDULES).where(SCHEDULES.c.message_key == message_key)
    return tx.connection.execute(query).one_or_none()


def shown_by(tx: Transaction, message_id: str) -> ScheduleView | None:
    """The schedule that this message of Dispatch's shows, if it shows one."""
    query = select(SCHEDULES).where(SCHEDULES.c.message_id == message_id)
    row = tx.connection.execute(query).one_or_none()
    return view(row) if row is not None else None


def count_living(tx: Transaction, owner: str) -> int:
    """How many schedules of this person are active or paused."""
    query = select(func.count()).where(
        SCHEDULES.c.owner == owner, SCHEDULES.c.status.in_(list(LIVING))
    )
    return int(tx.connection.execute(query).scalar_one())


def of_owner(tx: Transaction, owner: str) -> list[ScheduleView]:
    """A person's schedules: active ones by their next time, paused ones, what is lately done."""
    lately = (SCHEDULES.c.status == ScheduleStatus.DONE) & (
        SCHEDULES.c.ended_at > tx.now - DONE_IS_LISTED
    )
    query = select(SCHEDULES).where(
        SCHEDULES.c.owner == owner, or_(SCHEDULES.c.status.in_(list(LIVING)), lately)
    )
    order = list(ScheduleStatus)
    rows = sorted(
        tx.connection.execute(query),
        key=lambda row: (order.index(row.status), row.next_at or row.made_at, row.id),
    )
    return [view(row) for row in rows]


def timetable_of(row: Any) -> Timetable:
    """When a schedule fires."""
    return stored_timetable(row.timetable, row.words, row.time_zone)


def view(row: Any) -> ScheduleView:
    """What may be seen of a schedule; its next times only while it is active."""
    times: tuple[datetime, ...] = ()
    if row.next_at is not None:
        later = timetable_of(row).next_times(row.next_at, SHOWN_TIMES - 1)
        times = (row.next_at, *later)
    return ScheduleView(
        id=row.id,
        owner=row.owner,
        thread_key=row.thread_key,
        title=row.title,
        words=row.words,
        time_zone=row.time_zone,
        missed=row.missed,
        status=row.status,
        next_times=times,
        last_at=row.last_at,
        skipped=row.skipped,
        note=row.note,
    )


def move_if(
    tx: Transaction,
    row: Any,
    before: Iterable[ScheduleStatus],
    after: ScheduleStatus,
    **values: Any,
) -> bool:
    """Move a schedule that stands at one of these statuses; whether it did."""
    ends = after not in LIVING
    return _change(
        tx,
        row,
        SCHEDULES.c.status.in_(list(before)),
        status=after,
        ended_at=tx.now if ends else None,
        **({"next_at": None} | values),
    )


def set_missed(tx: Transaction, row: Any, missed: Missed) -> bool:
    """Say what becomes of missed times; whether the schedule still lives."""
    return _change(tx, row, SCHEDULES.c.status.in_(list(LIVING)), missed=missed)


def ran(tx: Transaction, row: Any, run_id: str) -> None:
    """Note the run that a schedule made, outside its times."""
    _change(tx, row, SCHEDULES.c.id == row.id, last_run_id=run_id, last_at=tx.now)


def due(tx: Transaction, limit: int) -> list[Due]:
    """The schedules whose time has come, the longest waiting first."""
    query = (
        select(SCHEDULES.c.id, SCHEDULES.c.owner, SCHEDULES.c.next_at)
        .where(SCHEDULES.c.status == ScheduleStatus.ACTIVE, SCHEDULES.c.next_at <= tx.now)
        .order_by(SCHEDULES.c.next_at, SCHEDULES.c.id)
        .limit(limit)
    )
    return [Due(row.id, row.owner, row.next_at) for row in tx.connection.execute(query)]


def take(tx: Transaction, one: Due) -> Any | None:
    """The row of a schedule that is still due at this time and that no other process fires now."""
    query = (
        select(SCHEDULES)
        .where(
            SCHEDULES.c.id == one.schedule_id,
            SCHEDULES.c.status == ScheduleStatus.ACTIVE,
            SCHEDULES.c.next_at == one.slot,
        )
        .with_for_update(skip_locked=True)
    )
    return tx.connection.execute(query).one_or_none()


def advance_if(tx: Transaction, row: Any, after: datetime | None, **values: Any) -> bool:
    """Leave the time that was due for the next one, or for the end; whether it was due still."""
    if after is None:
        values |= {"status": ScheduleStatus.DONE, "ended_at": tx.now}
    due_still = (SCHEDULES.c.status == ScheduleStatus.ACTIVE) & (SCHEDULES.c.next_at == row.next_at)
    return _change(tx, row, due_still, next_at=after, **values)


def _change(tx: Transaction, row: Any, condition: Any, **values: Any) -> bool:
    done = tx.connection.execute(
        update(SCHEDULES).where(SCHEDULES.c.id == row.id, condition).values(**values)
    )
    if done.rowcount:
        tx.touch(row.message_id)
    return bool(done.rowcount)


def still_waits(tx: Transaction, run_id: str | None) -> bool:
    """Whether this run has not begun yet, or waits for an approval."""
    waiting = (RunStatus.QUEUED, RunStatus.WAITING_APPROVAL)
    query = select(exists().where(RUNS.c.id == run_id, RUNS.c.status.in_(list(waiting))))
    return bool(run_id and tx.connection.scalar(query))


def forget_ended_before(tx: Transaction, cutoff: datetime) -> int:
    """Delete the schedules that ended before this time, with what their threads show of them."""
    query = select(SCHEDULES).where(SCHEDULES.c.ended_at < cutoff)
    rows = tx.connection.execute(query).all()
    of_asker = MESSAGES.c.message_key.in_([row.message_key for row in rows])
    messages = list(tx.connection.scalars(select(MESSAGES.c.id).where(of_asker)))
    messages += [row.message_id for row in rows]
    tx.connection.execute(delete(ENTRIES).where(ENTRIES.c.subject_id.in_(messages)))
    tx.connection.execute(delete(FILES).where(FILES.c.message_id.in_(messages)))
    tx.connection.execute(delete(MESSAGES).where(MESSAGES.c.id.in_(messages)))
    tx.connection.execute(delete(SCHEDULES).where(SCHEDULES.c.id.in_([row.id for row in rows])))
    return len(rows)
