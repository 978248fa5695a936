"""What the clock does with schedules: each time fires once, whatever the number of processes."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from dispatch_core.dispatcher.room import Room
from dispatch_core.dispatcher.schedules import new_run
from dispatch_core.lifecycle import Missed, ScheduleStatus
from dispatch_core.records import runs, schedules, threads
from dispatch_core.records.schedules import Due
from dispatch_core.records.transaction import Transaction

MOST_AT_ONCE = 250
# A time that is this late was missed. Less is a restart, a mute Slack, or the minutes in which
# nothing is judged by a clock that jumped (clock_watch).
LATE = timedelta(minutes=10)
MOST_COUNTED = 100

NOT_WELCOME = "its maker may not use Dispatch now"


class Firing(Room):
    """The verbs of the clock; each may be done twice or on two machines."""

    async def due(self) -> list[Due]:
        """The times that have come, MOST_AT_ONCE at most."""
        return await self.store.read(lambda tx: schedules.due(tx, MOST_AT_ONCE))

    async def fire(self, one: Due) -> str | None:
        """Make the run of a time that has come, and go on to the next time, in one transaction.

        Returns the run's id; None where it was fired already, or is skipped by the schedule's
        setting or since the previous run still waits.
        """
        return await self.store.write(partial(self._fire, one))

    async def halt(self, one: Due) -> None:
        """Pause a schedule whose maker may not use Dispatch now, and say so."""
        await self.store.write(partial(_halt, one))

    async def forget_old(self) -> int:
        """Drop the schedules that ended longer ago than runs are kept."""
        keep = timedelta(days=self.settings.retention_days)
        return await self.store.write(lambda tx: schedules.forget_ended_before(tx, tx.now - keep))

    def _fire(self, one: Due, tx: Transaction) -> str | None:
        row = schedules.take(tx, one) if self.parts.calm.holds_at(tx.now) else None
        if row is None:
            return None
        late = tx.now - one.slot > LATE
        if late and row.missed is Missed.SKIP:
            _skip(tx, row, _missed_words(tx, row, "skipped, as this schedule says"))
            return None
        if schedules.still_waits(tx, row.last_run_id):
            # Said once, and counted on the schedule's card: a schedule may fire every minute.
            words = f"⏭️ {_shown(row, one.slot)} was skipped: the previous run still waits."
            _skip(tx, row, "" if row.skipped else words)
            return None
        return self._run(tx, row, _missed_words(tx, row, "done once now") if late else "")

    def _run(self, tx: Transaction, row: Any, words: str) -> str | None:
        run = new_run(self, tx, row, f"schedule:{row.id}:{row.next_at.isoformat()}")
        if runs.by_request_key(tx, str(run.request_key)) is not None:
            _skip(tx, row, "")
            return None
        run_id = runs.add(tx, run)
        if words:
            threads.say(tx, run.thread_id, words, run_id=run_id)
        after = schedules.timetable_of(row).after(max(tx.now, row.next_at))
        schedules.advance_if(tx, row, after, last_at=tx.now, last_run_id=run_id, skipped=0)
        return run_id


def _skip(tx: Transaction, row: Any, words: str) -> None:
    after = schedules.timetable_of(row).after(max(tx.now, row.next_at))
    if not schedules.advance_if(tx, row, after, skipped=row.skipped + 1):
        return
    if words:
        thread_id = threads.find_or_make(tx, row.thread_key)
        threads.say(tx, thread_id, words, run_id=row.last_run_id)


def _halt(one: Due, tx: Transaction) -> None:
    row = schedules.take(tx, one)
    if row is None:
        return
    before = (ScheduleStatus.ACTIVE,)
    if schedules.move_if(tx, row, before, ScheduleStatus.PAUSED, note=NOT_WELCOME):
        thread_id = threads.find_or_make(tx, row.thread_key)
        threads.say(tx, thread_id, f"⏸️ This schedule is paused: {NOT_WELCOME}.")


def _missed_words(tx: Transaction, row: Any, outcome: str) -> str:
    """What is said of the times at which Dispatch was away, of which the oldest is due."""
    times = schedules.timetable_of(row).next_times(row.next_at, MOST_COUNTED)
    count = 1 + sum(each <= tx.now for each in times)
    shown = _shown(row, row.next_at)
    if count == 1:
        return f"⏰ {shown} was missed while I was away, and {outcome}."
    many = f"more than {MOST_COUNTED}" if count > MOST_COUNTED else str(count)
    return f"⏰ {many} times from {shown} on were missed while I was away, and {outcome}."


def _shown(row: Any, moment: datetime) -> str:
    here = moment.astimezone(ZoneInfo(row.time_zone))
    return f"{here:%A}, {here.day} {here:%B} at {here.hour}:{here:%M} ({row.time_zone})"
