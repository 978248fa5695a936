"""What people do with schedules: make them, list them, pause, resume, change and remove them."""

from functools import partial
from typing import Any

from dispatch_core.dispatcher.requests import keep_and_say, title_of
from dispatch_core.dispatcher.room import Room
from dispatch_core.errors import (
    BadSchedule,
    EmptyRequest,
    NotYours,
    ScheduleEnded,
    StillWaits,
    TooManySchedules,
)
from dispatch_core.lifecycle import Missed, ScheduleStatus
from dispatch_core.policy.deciders import may_stop
from dispatch_core.records import runs, schedules, threads
from dispatch_core.records.transaction import Transaction
from dispatch_core.routing import parse_request, route_of
from dispatch_core.timetable.phrases import Wish, read_wish
from dispatch_core.views import Decider, Receipt, ScheduleView, Submission

# So many that a person still knows them, and so few that nobody floods the workers by the clock.
MOST_SCHEDULES = 50


class Schedules(Room):
    """The verbs that people use on schedules; a schedule is its maker's."""

    async def make_schedule(self, submission: Submission) -> ScheduleView:
        """Keep the task and the time that a message begins with.

        A message that was taken before gives the same schedule. Raises BadSchedule,
        TooManySchedules, BadOverride, EmptyRequest.
        """
        wish = read_wish(submission.text, submission.asked_at, submission.time_zone)
        if wish is None:
            raise BadSchedule(problem="I can't read when")
        if not parse_request(wish.task).body.strip():
            raise EmptyRequest
        return await self.store.write(partial(_make, submission, wish))

    async def schedules(self, person: str) -> tuple[ScheduleView, ...]:
        """A person's schedules: active, paused, and lately done."""
        return tuple(await self.store.read(lambda tx: schedules.of_owner(tx, person)))

    async def pause_schedule(self, schedule_id: str, decider: Decider) -> ScheduleView:
        """Let an active schedule rest; its maker may, and an approver.

        Raises NotFound, NotYours, ScheduleEnded.
        """
        return await self.store.write(partial(self._pause, schedule_id, decider))

    async def resume_schedule(self, schedule_id: str, decider: Decider) -> ScheduleView:
        """Let a paused schedule go on from now; what it missed meanwhile is left out.

        Only its maker may. Raises NotFound, NotYours, ScheduleEnded.
        """
        return await self.store.write(partial(_resume, schedule_id, decider))

    async def remove_schedule(self, schedule_id: str, decider: Decider) -> ScheduleView:
        """End a schedule; a run of it that is under way goes on. Its maker may, and an approver.

        Raises NotFound, NotYours, ScheduleEnded.
        """
        return await self.store.write(partial(self._remove, schedule_id, decider))

    async def set_missed(self, schedule_id: str, decider: Decider, missed: Missed) -> ScheduleView:
        """Say what becomes of the times at which Dispatch was away; only its maker may.

        Raises NotFound, NotYours, ScheduleEnded.
        """
        return await self.store.write(partial(_set_missed, schedule_id, decider, missed))

    async def run_schedule(self, schedule_id: str, decider: Decider, request_key: str) -> Receipt:
        """Do a schedule's task now, beside its times; request_key makes a double click one run.

        Only its maker may. Raises NotFound, NotYours, ScheduleEnded, StillWaits.
        """
        return await self.store.write(partial(self._run_now, schedule_id, decider, request_key))

    def _pause(self, schedule_id: str, decider: Decider, tx: Transaction) -> ScheduleView:
        row = schedules.get(tx, schedule_id)
        self._check_may_end(row, decider, "pause this schedule")
        if row.status is not ScheduleStatus.PAUSED:
            _move(tx, row, ScheduleStatus.ACTIVE, ScheduleStatus.PAUSED)
        return schedules.view(schedules.get(tx, schedule_id))

    def _remove(self, schedule_id: str, decider: Decider, tx: Transaction) -> ScheduleView:
        row = schedules.get(tx, schedule_id)
        self._check_may_end(row, decider, "remove this schedule")
        if row.status is not ScheduleStatus.REMOVED:
            before = (*schedules.LIVING, ScheduleStatus.DONE)
            schedules.move_if(tx, row, before, ScheduleStatus.REMOVED, note="")
        return schedules.view(schedules.get(tx, schedule_id))

    def _check_may_end(self, row: Any, decider: Decider, action: str) -> None:
        if not may_stop(self.parts.rules, decider, None, row.owner):
            raise NotYours(who="the person who made it, or an approver,", action=action)

    def _run_now(
        self, schedule_id: str, decider: Decider, request_key: str, tx: Transaction
    ) -> Receipt:
        row = _of(tx, schedule_id, decider, "run this schedule now")
        again = runs.by_request_key(tx, request_key)
        if again is not None:
            return Receipt(again.id, row.thread_key, again.route, created=False)
        if row.status not in schedules.LIVING:
            raise ScheduleEnded(status=row.status)
        if schedules.still_waits(tx, row.last_run_id):
            raise StillWaits
        run = new_run(self, tx, row, request_key)
        run_id = runs.add(tx, run)
        schedules.ran(tx, row, run_id)
        return Receipt(run_id, row.thread_key, run.route, created=True)


def new_run(room: Room, tx: Transaction, row: Any, request_key: str) -> runs.NewRun:
    """The run that a schedule asks for, as if its maker had asked for it now."""
    request = parse_request(row.task)
    choice = route_of(request)
    return runs.NewRun(
        thread_id=threads.find_or_make(tx, row.thread_key),
        requester=row.owner,
        title=title_of(request.body),
        request=request.body,
        route=choice.route,
        route_reason=choice.reason,
        device_wish=request.device,
        timeout_seconds=request.timeout or room.time_limit(choice.route),
        time_zone=row.time_zone,
        asked_at=tx.now,
        request_key=request_key,
    )


def _make(submission: Submission, wish: Wish, tx: Transaction) -> ScheduleView:
    known = schedules.by_message(tx, submission.message_key)
    if known is not None:
        return schedules.view(known)
    count = schedules.count_living(tx, submission.person)
    if count >= MOST_SCHEDULES:
        raise TooManySchedules(count=count)
    timetable, title = wish.timetable, title_of(parse_request(wish.task).body)
    # One moment may be past by now, where the message came late: then it is one that was missed.
    first = timetable.start if timetable.once else timetable.after(tx.now)
    if first is None:
        raise BadSchedule(problem="That time never comes")
    new = schedules.NewSchedule(
        owner=submission.person,
        thread_key=submission.thread_key,
        message_key=submission.message_key,
        message_id=keep_and_say(tx, submission, f"⏰ {timetable.words}: {title}"),
        title=title,
        task=wish.task,
        timetable=timetable,
        missed=wish.missed,
        next_at=first,
    )
    return schedules.view(schedules.get(tx, schedules.add(tx, new)))


def _of(tx: Transaction, schedule_id: str, decider: Decider, action: str) -> Any:
    row = schedules.hold(tx, schedule_id)
    if row.owner != decider.person:
        raise NotYours(who="the person who made it", action=action)
    return row


def _move(
    tx: Transaction, row: Any, before: ScheduleStatus, after: ScheduleStatus, **values: Any
) -> None:
    if not schedules.move_if(tx, row, (before,), after, **values):
        raise ScheduleEnded(status=schedules.get(tx, row.id).status)


def _resume(schedule_id: str, decider: Decider, tx: Transaction) -> ScheduleView:
    row = _of(tx, schedule_id, decider, "resume this schedule")
    if row.status is ScheduleStatus.ACTIVE:
        return schedules.view(row)
    after = schedules.timetable_of(row).after(tx.now)
    if row.status is ScheduleStatus.PAUSED and after is None:
        raise ScheduleEnded(status="for a time that is past")
    values = {"next_at": after, "note": "", "skipped": 0}
    _move(tx, row, ScheduleStatus.PAUSED, ScheduleStatus.ACTIVE, **values)
    return schedules.view(schedules.get(tx, schedule_id))


def _set_missed(
    schedule_id: str, decider: Decider, missed: Missed, tx: Transaction
) -> ScheduleView:
    row = _of(tx, schedule_id, decider, "change this schedule")
    if not schedules.set_missed(tx, row, missed):
        raise ScheduleEnded(status=row.status)
    return schedules.view(schedules.get(tx, schedule_id))
