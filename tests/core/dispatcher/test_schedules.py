"""What people do with schedules, on both databases."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dispatch_core.dispatcher.schedules import MOST_SCHEDULES
from dispatch_core.errors import (
    BadOverride,
    BadSchedule,
    EmptyRequest,
    NotFound,
    NotYours,
    ScheduleEnded,
    StillWaits,
    TooManySchedules,
)
from dispatch_core.lifecycle import Missed, Route, RunStatus, ScheduleStatus
from dispatch_core.views import EntryKind, MessageView, ScheduleView, Submission
from tests.core.engine import ADA, GRACE, START, Engine, decider, open_engine

THREAD = "T1:C1:1"
ME, OTHER = decider(ADA), decider(GRACE)


def message(
    text: str = "every weekday at 9 say hello", number: int = 1, by: str = ADA
) -> Submission:
    return Submission(THREAD, f"T1:C1:{number}", by, text, START, time_zone="Europe/Berlin")


async def make(engine: Engine, text: str = "every weekday at 9 say hello") -> ScheduleView:
    return await engine.dispatcher.make_schedule(message(text, next(engine.numbers)))


async def card(engine: Engine, schedule: ScheduleView) -> tuple[MessageView, int]:
    """What the thread shows of a schedule, and its revision."""
    for entry in await engine.dispatcher.thread(schedule.thread_key):
        body = entry.body
        if isinstance(body, MessageView) and body.schedule and body.schedule.id == schedule.id:
            return body, entry.revision
    raise AssertionError("the thread shows no such schedule")


def utc(day: int, hour: int) -> datetime:
    return START.replace(day=day, hour=hour)


async def test_a_schedule_says_its_next_three_times_in_its_maker_s_zone(engine: Engine) -> None:
    schedule = await make(engine)
    assert schedule.next_times == (utc(23, 8), utc(24, 8), utc(25, 8))
    assert (schedule.words, schedule.time_zone) == ("every weekday at 9:00", "Europe/Berlin")
    assert (schedule.status, schedule.missed) == (ScheduleStatus.ACTIVE, Missed.CATCH_UP)


async def test_its_thread_shows_it_and_is_a_dispatch_thread(engine: Engine) -> None:
    schedule = await make(engine)
    shown, _ = await card(engine, schedule)
    assert shown.schedule == schedule
    assert await engine.dispatcher.knows_thread(THREAD)
    kinds = [entry.kind for entry in await engine.dispatcher.thread(THREAD)]
    assert kinds == [EntryKind.MESSAGE, EntryKind.MESSAGE]


async def test_the_same_message_told_many_times_at_once_is_one_schedule(engine: Engine) -> None:
    made = await asyncio.gather(*[engine.dispatcher.make_schedule(message()) for _ in range(10)])
    assert len({schedule.id for schedule in made}) == 1
    assert len(await engine.dispatcher.schedules(ADA)) == 1


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("hello", BadSchedule),
        ("today at 9 say hello", BadSchedule),
        ("every weekday at 9 [route=nowhere] say hello", BadOverride),
        ("every weekday at 9 [timeout=5]", EmptyRequest),
    ],
)
async def test_what_can_t_be_kept_leaves_nothing(
    engine: Engine, text: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await make(engine, text)
    assert not await engine.dispatcher.knows_thread(THREAD)


async def test_a_person_has_so_many_schedules_and_no_more(engine: Engine) -> None:
    made = [message(number=100 + number) for number in range(MOST_SCHEDULES)]
    schedules = await asyncio.gather(*map(engine.dispatcher.make_schedule, made))
    with pytest.raises(TooManySchedules):
        await make(engine)
    await engine.dispatcher.make_schedule(message(number=99, by=GRACE))
    await engine.dispatcher.remove_schedule(schedules[0].id, ME)
    await make(engine)


async def test_schedules_are_listed_to_their_maker_by_their_next_time(engine: Engine) -> None:
    later = await make(engine, "every day at 12 say hello")
    sooner = await make(engine, "every day at 11 say hello")
    paused = await make(engine, "every day at 10:30 say hello")
    removed = await make(engine, "every day at 10:30 say hello")
    await engine.dispatcher.pause_schedule(paused.id, ME)
    await engine.dispatcher.remove_schedule(removed.id, ME)
    listed = [schedule.id for schedule in await engine.dispatcher.schedules(ADA)]
    assert listed == [sooner.id, later.id, paused.id]
    assert [one.id for one in (await engine.dispatcher.home(ADA)).schedules] == listed
    assert await engine.dispatcher.schedules(GRACE) == ()


async def test_a_paused_schedule_keeps_its_row_and_resumes_from_now(engine: Engine) -> None:
    schedule = await make(engine)
    paused = await engine.dispatcher.pause_schedule(schedule.id, ME)
    assert (paused.status, paused.next_times) == (ScheduleStatus.PAUSED, ())
    engine.clock.move(days=2)
    resumed = await engine.dispatcher.resume_schedule(schedule.id, ME)
    assert resumed.status is ScheduleStatus.ACTIVE
    assert resumed.next_times[0] == utc(25, 8)


async def test_each_change_shows_the_card_anew(engine: Engine) -> None:
    schedule = await make(engine)
    _, first = await card(engine, schedule)
    await engine.dispatcher.pause_schedule(schedule.id, ME)
    await engine.dispatcher.resume_schedule(schedule.id, ME)
    await engine.dispatcher.set_missed(schedule.id, ME, Missed.SKIP)
    await engine.dispatcher.remove_schedule(schedule.id, ME)
    shown, last = await card(engine, schedule)
    assert last == first + 4
    assert shown.schedule is not None
    assert (shown.schedule.status, shown.schedule.missed) == (ScheduleStatus.REMOVED, Missed.SKIP)


async def test_a_second_click_changes_nothing_and_is_no_error(engine: Engine) -> None:
    schedule = await make(engine)
    for _ in range(2):
        await engine.dispatcher.pause_schedule(schedule.id, ME)
    for _ in range(2):
        await engine.dispatcher.resume_schedule(schedule.id, ME)
    for _ in range(2):
        await engine.dispatcher.remove_schedule(schedule.id, ME)
    _, revision = await card(engine, schedule)
    assert revision == 4


async def test_a_removed_schedule_stays_removed(engine: Engine) -> None:
    schedule = await make(engine)
    await engine.dispatcher.remove_schedule(schedule.id, ME)
    with pytest.raises(ScheduleEnded):
        await engine.dispatcher.pause_schedule(schedule.id, ME)
    with pytest.raises(ScheduleEnded):
        await engine.dispatcher.resume_schedule(schedule.id, ME)
    with pytest.raises(ScheduleEnded):
        await engine.dispatcher.set_missed(schedule.id, ME, Missed.SKIP)
    with pytest.raises(ScheduleEnded):
        await engine.dispatcher.run_schedule(schedule.id, ME, "click")
    with pytest.raises(NotFound):
        await engine.dispatcher.pause_schedule("nothing", ME)


async def test_one_moment_that_passed_during_a_pause_is_not_resumed(engine: Engine) -> None:
    schedule = await make(engine, "in 20 minutes say hello")
    await engine.dispatcher.pause_schedule(schedule.id, ME)
    engine.clock.move(hours=1)
    with pytest.raises(ScheduleEnded, match="past"):
        await engine.dispatcher.resume_schedule(schedule.id, ME)


async def test_nobody_but_its_maker_changes_a_schedule(engine: Engine) -> None:
    schedule = await make(engine)
    verbs = engine.dispatcher
    for deed in (
        verbs.pause_schedule(schedule.id, OTHER),
        verbs.resume_schedule(schedule.id, OTHER),
        verbs.remove_schedule(schedule.id, OTHER),
        verbs.set_missed(schedule.id, OTHER, Missed.SKIP),
        verbs.run_schedule(schedule.id, OTHER, "click"),
    ):
        with pytest.raises(NotYours):
            await deed
    assert await verbs.schedules(ADA) == (schedule,)


async def test_an_approver_may_pause_and_remove_it_and_nothing_more(
    home: Path, database: str
) -> None:
    async with open_engine(home, approvers=(GRACE,), database_url=database) as engine:
        schedule = await make(engine)
        await engine.dispatcher.pause_schedule(schedule.id, OTHER)
        with pytest.raises(NotYours):
            await engine.dispatcher.resume_schedule(schedule.id, OTHER)
        with pytest.raises(NotYours):
            await engine.dispatcher.run_schedule(schedule.id, OTHER, "click")
        await engine.dispatcher.resume_schedule(schedule.id, ME)
        removed = await engine.dispatcher.remove_schedule(schedule.id, OTHER)
        assert removed.status is ScheduleStatus.REMOVED


async def test_run_now_is_one_run_for_a_click_however_often_it_is_told(engine: Engine) -> None:
    schedule = await make(engine, "every weekday at 9 [timeout=7] $ make check")
    receipts = await asyncio.gather(
        *[engine.dispatcher.run_schedule(schedule.id, ME, "click") for _ in range(5)]
    )
    assert len({receipt.run_id for receipt in receipts}) == 1
    run = await engine.dispatcher.run(receipts[0].run_id or "")
    assert (run.requester, run.thread_key, run.request) == (ADA, THREAD, "$ make check")
    assert (run.route, run.status) == (Route.DESKTOP_LOCAL, RunStatus.QUEUED)
    with pytest.raises(StillWaits):
        await engine.dispatcher.run_schedule(schedule.id, ME, "another click")


async def test_removing_a_schedule_ends_no_run_of_it(engine: Engine) -> None:
    schedule = await make(engine)
    receipt = await engine.dispatcher.run_schedule(schedule.id, ME, "click")
    await engine.dispatcher.remove_schedule(schedule.id, ME)
    assert (await engine.dispatcher.run(receipt.run_id or "")).status is RunStatus.QUEUED


async def test_stop_in_the_thread_ends_its_runs_and_leaves_the_schedule(engine: Engine) -> None:
    schedule = await make(engine)
    await engine.dispatcher.run_schedule(schedule.id, ME, "click")
    stopped = await engine.dispatcher.stop(THREAD, ME, engine.clock.now + timedelta(seconds=1))
    assert len(stopped) == 1
    assert (await engine.dispatcher.schedules(ADA))[0].status is ScheduleStatus.ACTIVE
