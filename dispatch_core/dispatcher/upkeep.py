"""What the clock does: each is one transaction over rows, safe to do twice or on two machines."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from dispatch_core.device_views import Presence
from dispatch_core.dispatcher.approvals import expire
from dispatch_core.dispatcher.room import Parts, Room
from dispatch_core.lifecycle import CORE_DESK, EndReason, RunStatus, StepStatus
from dispatch_core.protocol import StepResult
from dispatch_core.records import devices, due, jumps, retention, runs, shown_devices, steps
from dispatch_core.records import threads as records_threads
from dispatch_core.records.transaction import Transaction
from dispatch_core.signing import CLOCK_SKEW_SECONDS

T = TypeVar("T")

_RUNNING = (RunStatus.RUNNING,)
_WAITING = (RunStatus.WAITING_APPROVAL,)
NOT_CHOSEN = "It was not said in time which device is meant."
# A run whose worker was lost this often is likely what kills it.
MOST_LOSSES = 3


class Upkeep(Room):
    """The verbs of the clock."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._refused_since: float | None = None

    def refused(self) -> None:
        """The database was away when a tick was due."""
        if self._refused_since is None:
            self._refused_since = self.parts.calm.monotonic()

    async def tick(self) -> None:
        """All that is due each second; the four share one transaction by group commit."""
        await self._count_anew_after_absence()
        await asyncio.gather(
            self.recover_lost(), self.expire_approvals(), self.remind(), self.look_after_waiting()
        )

    async def _count_anew_after_absence(self) -> None:
        """A lease that nobody could renew does not say that its worker is gone."""
        if self._refused_since is None:
            return
        away = self.parts.calm.monotonic() - self._refused_since
        lease = timedelta(seconds=self.settings.lease)
        # A worker renews three times in a lease, so less than that cost none of them its runs.
        if away > self.settings.lease / 3:
            await self.store.write(lambda tx: jumps.count_anew(tx, tx.now + lease))
        self._refused_since = None

    async def recover_lost(self) -> int:
        """Queue again, or end, the runs whose lease ran out; returns how many."""

        def recover(tx: Transaction) -> int:
            return len([_recover(tx, row) for row in due.take_lost(tx)])

        return await self._judge(recover) or 0

    async def _judge(self, piece: Callable[[Transaction], T]) -> T | None:
        """Write what ends by the clock, unless that was set since the watch looked at it."""
        calm = self.parts.calm
        return await self.store.write(lambda tx: piece(tx) if calm.holds_at(tx.now) else None)

    async def recover_own(self) -> int:
        """The same at once for all of the core's desk: its only owner has just started."""

        def recover(tx: Transaction) -> int:
            return len([_recover(tx, row) for row in due.at_core_desk(tx)])

        return await self.store.write(recover)

    async def spare_leases(self) -> None:
        """Give devices a whole lease to be heard, where it was the core that was away.

        An embedded database had no other process to look after it. With many, a lease that has
        run out and was not seen to says that all were away; a living one is left as it is, so that
        processes which start again and again keep no dead device's run.
        """
        lease = timedelta(seconds=self.settings.lease)
        embedded = self.store.sqlite_file is not None

        def spare(tx: Transaction) -> None:
            until = tx.now + lease
            due.spare_devices(tx, ends_before=until if embedded else tx.now, until=until)

        await self.store.write(spare)

    async def expire_approvals(self) -> None:
        """End the requests that nobody answered in time, and what waits to hear which device."""

        def end(tx: Transaction) -> None:
            for row in due.take_expired(tx):
                expire(tx, row)
            for run_id in due.take_unchosen(tx):
                runs.end_if(tx, run_id, _WAITING, EndReason.APPROVAL_EXPIRED, answer=NOT_CHOSEN)

        await self._judge(end)

    async def remind(self) -> None:
        """Remind once of each approval whose time is running out."""

        def say(tx: Transaction) -> None:
            for row in due.take_reminders(tx):
                left = _in_words(row.expires_at - tx.now)
                text = f"⏰ **{row.title}** still waits for a decision; it expires in {left}."
                records_threads.say(tx, row.thread_id, text, run_id=row.run_id)

        await self._judge(say)

    async def look_after_waiting(self) -> None:
        """Say what runs at devices' desks wait for, and end those that waited too long."""

        def look(tx: Transaction) -> None:
            waiting = due.queued_at_devices(tx)
            known = {desk: devices.find(tx, desk) for desk in {row.desk for row in waiting}}
            for row in waiting:
                self._look_after(tx, row, known[row.desk])

        await self._judge(look)

    async def forget_old(self) -> None:
        """Drop what is older than its retention, and the bytes that nothing stands on any more."""
        keep = timedelta(days=self.settings.retention_days)

        def forget(tx: Transaction) -> int:
            return retention.delete_runs_ended_before(tx, tx.now - keep)

        used_up = timedelta(seconds=2 * CLOCK_SKEW_SECONDS)
        await self.store.write(lambda tx: devices.forget_old(tx, used_up))
        # A batch at a time, so that the writer does what waits in between.
        while await self.store.write(forget) == retention.BATCH:
            pass
        await self.depot.sweep()

    def _look_after(self, tx: Transaction, row: Any, device: Any | None) -> None:
        if device is None or tx.now - row.queued_at > timedelta(seconds=self.settings.device_wait):
            give_up(tx, row.id)
            return
        activity = _wait_for(tx, device)
        if row.activity != activity:
            runs.say_activity(tx, row.id, activity)


def _wait_for(tx: Transaction, device: Any) -> str:
    if shown_devices.presence(tx, device) is Presence.ONLINE:
        return f"waiting for its turn on {device.name}"
    since = f"since {device.last_seen_at:%H:%M} UTC" if device.last_seen_at else "yet"
    verb = "is offline" if device.last_seen_at else "has not connected"
    return f"{device.name} {verb} {since}; the run waits for it"


def _recover(tx: Transaction, row: Any) -> bool:
    if row.stop_requested_at is not None:
        text = "The run was stopped; what it did last is not known."
        return _end_lost(tx, row.id, EndReason.STOPPED, text)
    if row.desk == CORE_DESK and row.losses + 1 >= MOST_LOSSES:
        text = f"The worker was lost {MOST_LOSSES} times at this task, so it was given up."
        return _end_lost(tx, row.id, EndReason.WORKER_LOST, text)
    return runs.queue_if(tx, row.id, _RUNNING, row.desk, losses=row.losses + 1)


def _end_lost(tx: Transaction, run_id: str, reason: EndReason, text: str) -> bool:
    ended = runs.end_if(tx, run_id, _RUNNING, reason, answer=text)
    if ended:
        steps.end_unfinished(tx, run_id, StepResult(status=StepStatus.INTERRUPTED, text=text))
    return ended


def give_up(tx: Transaction, run_id: str) -> None:
    """End a run whose device did not come; a step that had begun may have had its effect."""
    row = runs.hold(tx, run_id)
    if row.status is not RunStatus.QUEUED or row.desk == CORE_DESK:
        # Its device came at this very moment, through another process.
        return
    begun = any(step.status is StepStatus.STARTED for step in steps.of_run(tx, row.id))
    doubt = " It had begun the step, and what came of it is not known." if begun else ""
    answer = f"The device did not come for this run in time.{doubt}"
    status = StepStatus.INTERRUPTED if begun else StepStatus.REFUSED
    steps.end_unfinished(tx, row.id, StepResult(status=status, text=answer))
    runs.end_if(tx, row.id, (RunStatus.QUEUED,), EndReason.DEVICE_OFFLINE, answer=answer)


def _in_words(left: timedelta) -> str:
    minutes = max(1, round(left.total_seconds() / 60))
    if minutes < 120:
        return f"{minutes} minute{'s' if minutes > 1 else ''}"
    return f"{round(minutes / 60)} hours"
