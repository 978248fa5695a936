"""What the clock does with schedules: each time once, whatever happens, on both databases."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from dispatch_core.dispatcher.firing import Firing
from dispatch_core.errors import StoreUnavailable
from dispatch_core.lifecycle import EndReason, RunStatus, ScheduleStatus
from dispatch_core.planning.planner import Finish
from dispatch_core.records import schedules
from dispatch_core.schedules import ASK_AGAIN_SECONDS, Schedules
from dispatch_core.views import MessageView, RunView, ScheduleView, Submission
from tests.core import postgres
from tests.core.engine import ADA, START, Engine, decider, open_engine

THREAD = "T1:C1:1"
ME = decider(ADA)
DONE = Finish(EndReason.DONE, "hello")


async def everybody(_: str) -> bool:
    return True


def clock_of(engine: Engine, welcome: Callable[[str], Awaitable[bool]] = everybody) -> Schedules:
    """A process's ticking."""
    return Schedules(Firing(engine.dispatcher.parts), welcome)


async def make(engine: Engine, text: str) -> ScheduleView:
    number = next(engine.numbers)
    key = f"T1:C1:{number}"
    wish = Submission(key, key, ADA, text, engine.clock.now, time_zone="Europe/Berlin")
    return await engine.dispatcher.make_schedule(wish)


async def runs_of(engine: Engine, schedule: ScheduleView) -> list[RunView]:
    entries = await engine.dispatcher.thread(schedule.thread_key)
    return [entry.body for entry in entries if isinstance(entry.body, RunView)]


async def said(engine: Engine, schedule: ScheduleView) -> list[str]:
    """What Dispatch said in the schedule's thread, beside the schedule itself."""
    bodies = [entry.body for entry in await engine.dispatcher.thread(schedule.thread_key)]
    notices = [body for body in bodies if isinstance(body, MessageView) and not body.message_key]
    return [notice.text for notice in notices if notice.schedule is None]


async def stands(engine: Engine, schedule: ScheduleView) -> ScheduleView:
    [found] = [one for one in await engine.dispatcher.schedules(ADA) if one.id == schedule.id]
    return found


async def finish(engine: Engine) -> int:
    """Do all that is queued at the core's desk; returns how many runs that was."""
    works = await engine.desk.claim("worker-1", 50)
    await asyncio.gather(*[engine.desk.finish(work.claim, DONE) for work in works])
    return len(works)


async def test_a_time_fires_when_it_has_come_and_not_before(engine: Engine) -> None:
    schedule = await make(engine, "every day at 11 what is 2 + 3?")
    ticking = clock_of(engine)
    engine.clock.move(minutes=59, seconds=59)
    await ticking.tick()
    assert await runs_of(engine, schedule) == []
    engine.clock.move(seconds=1)
    await ticking.tick()
    await ticking.tick()
    [run] = await runs_of(engine, schedule)
    assert (run.requester, run.request, run.status) == (ADA, "what is 2 + 3?", RunStatus.QUEUED)
    assert (await stands(engine, schedule)).next_times[0] == START + timedelta(hours=25)
    assert await said(engine, schedule) == []


async def test_each_day_has_its_run_in_the_schedule_s_thread(engine: Engine) -> None:
    schedule = await make(engine, "every day at 11 what is 2 + 3?")
    engine.clock.move(hours=1)
    for _ in range(3):
        await clock_of(engine).tick()
        await finish(engine)
        engine.clock.move(days=1)
    runs = await runs_of(engine, schedule)
    assert [run.status for run in runs] == [RunStatus.COMPLETED] * 3


async def test_one_moment_fires_once_and_is_done(engine: Engine) -> None:
    schedule = await make(engine, "in 20 minutes say hello")
    for _ in range(3):
        engine.clock.move(minutes=21)
        await clock_of(engine).tick()
    assert len(await runs_of(engine, schedule)) == 1
    done = await stands(engine, schedule)
    assert (done.status, done.next_times) == (ScheduleStatus.DONE, ())
    engine.clock.move(days=1)
    assert await engine.dispatcher.schedules(ADA) == ()


async def test_missed_times_are_caught_up_once(engine: Engine) -> None:
    schedule = await make(engine, "every day at 11 say hello")
    engine.clock.move(days=3, hours=2)
    await clock_of(engine).tick()
    await clock_of(engine).tick()
    assert len(await runs_of(engine, schedule)) == 1
    [words] = await said(engine, schedule)
    assert words == (
        "⏰ 4 times from Sunday, 22 November at 11:00 (Europe/Berlin) on were missed while I was"
        " away, and done once now."
    )
    assert (await stands(engine, schedule)).next_times[0] == START + timedelta(days=4, hours=1)


async def test_missed_times_are_skipped_where_the_schedule_says_so(engine: Engine) -> None:
    schedule = await make(engine, "every day at 11, skip missed: say hello")
    engine.clock.move(hours=3)
    await clock_of(engine).tick()
    assert await runs_of(engine, schedule) == []
    [words] = await said(engine, schedule)
    assert "11:00 (Europe/Berlin) was missed while I was away, and skipped" in words
    assert (await stands(engine, schedule)).next_times[0] == START + timedelta(days=1, hours=1)
    engine.clock.move(hours=22)
    await clock_of(engine).tick()
    assert len(await runs_of(engine, schedule)) == 1


@pytest.mark.parametrize(("words", "runs"), [("", 1), (", skip missed:", 0)])
async def test_one_moment_that_was_missed_ends_as_its_setting_says(
    engine: Engine, words: str, runs: int
) -> None:
    schedule = await make(engine, f"in 20 minutes{words} say hello")
    engine.clock.move(hours=3)
    await clock_of(engine).tick()
    assert len(await runs_of(engine, schedule)) == runs
    assert (await stands(engine, schedule)).status is ScheduleStatus.DONE


async def test_a_tick_that_is_a_little_late_is_not_called_missed(engine: Engine) -> None:
    schedule = await make(engine, "every day at 11, skip missed: say hello")
    engine.clock.move(hours=1, seconds=90)
    await clock_of(engine).tick()
    assert len(await runs_of(engine, schedule)) == 1
    assert await said(engine, schedule) == []


async def test_a_message_that_came_late_is_caught_up(engine: Engine) -> None:
    asked = engine.clock.now - timedelta(hours=1)
    wish = Submission(THREAD, "T1:C1:2", ADA, "in 20 minutes say hello", asked)
    schedule = await engine.dispatcher.make_schedule(wish)
    await clock_of(engine).tick()
    assert len(await runs_of(engine, schedule)) == 1


async def test_no_second_run_of_a_schedule_waits(engine: Engine) -> None:
    schedule = await make(engine, "every minute say hello")
    ticking = clock_of(engine)
    for _ in range(5):
        engine.clock.move(minutes=1)
        await ticking.tick()
    assert len(await runs_of(engine, schedule)) == 1
    [words] = await said(engine, schedule)
    assert words.endswith("was skipped: the previous run still waits.")
    assert (await stands(engine, schedule)).skipped == 4
    await finish(engine)
    engine.clock.move(minutes=1)
    await ticking.tick()
    assert len(await runs_of(engine, schedule)) == 2
    assert (await stands(engine, schedule)).skipped == 0


async def test_while_a_run_works_the_next_one_queues_behind_it(engine: Engine) -> None:
    schedule = await make(engine, "every minute say hello")
    engine.clock.move(minutes=1)
    await clock_of(engine).tick()
    await engine.claim()
    engine.clock.move(seconds=10)
    await engine.dispatcher.run_schedule(schedule.id, ME, "click")
    statuses = [run.status for run in await runs_of(engine, schedule)]
    assert statuses == [RunStatus.RUNNING, RunStatus.QUEUED]
    assert await engine.desk.claim("worker-1", 5) == []


async def test_a_paused_or_removed_schedule_does_not_fire(engine: Engine) -> None:
    paused = await make(engine, "every minute say hello")
    removed = await make(engine, "every minute say hello")
    await engine.dispatcher.pause_schedule(paused.id, ME)
    await engine.dispatcher.remove_schedule(removed.id, ME)
    engine.clock.move(hours=1)
    await clock_of(engine).tick()
    assert await runs_of(engine, paused) == []
    assert await runs_of(engine, removed) == []


async def test_the_clock_s_jump_of_a_day_and_back_fires_no_time_twice(engine: Engine) -> None:
    schedule = await make(engine, "every hour say hello")
    ticking = clock_of(engine)
    for jump in (timedelta(hours=1), timedelta(days=1), timedelta(days=-1), timedelta(minutes=1)):
        engine.clock.now += jump
        await ticking.tick()
        await finish(engine)
    # One at its hour, and one that catches up with the day that has passed by the clock.
    assert len(await runs_of(engine, schedule)) == 2
    times = (await stands(engine, schedule)).next_times
    assert times[0] == START + timedelta(days=1, hours=2)


async def test_whose_maker_is_not_welcome_any_more_is_paused_and_says_so(engine: Engine) -> None:
    async def nobody(_: str) -> bool:
        return False

    schedule = await make(engine, "every day at 11 say hello")
    engine.clock.move(hours=1)
    await clock_of(engine, nobody).tick()
    assert await runs_of(engine, schedule) == []
    halted = await stands(engine, schedule)
    assert (halted.status, halted.note) == (
        ScheduleStatus.PAUSED,
        "its maker may not use Dispatch now",
    )
    assert await said(engine, schedule) == [
        "⏸️ This schedule is paused: its maker may not use Dispatch now."
    ]


async def test_while_nobody_can_say_who_is_welcome_a_time_stays_due(engine: Engine) -> None:
    answers: list[bool] = []

    async def slack(_: str) -> bool:
        if not answers:
            raise StoreUnavailable(why="Slack is mute")
        return answers[0]

    schedule, now = await make(engine, "every day at 11 say hello"), [0.0]
    ticking = Schedules(Firing(engine.dispatcher.parts), slack, lambda: now[0])
    engine.clock.move(hours=1)
    await ticking.tick()
    answers.append(True)
    await ticking.tick()
    assert await runs_of(engine, schedule) == []
    now[0] += ASK_AGAIN_SECONDS
    await ticking.tick()
    assert len(await runs_of(engine, schedule)) == 1


async def test_a_process_without_a_front_end_fires_nothing(engine: Engine) -> None:
    schedule = await make(engine, "every day at 11 say hello")
    engine.clock.move(hours=1)
    await Schedules(Firing(engine.dispatcher.parts), None).tick()
    assert await runs_of(engine, schedule) == []


async def test_a_schedule_that_can_t_be_fired_keeps_no_other_from_it(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    broken = await make(engine, "every day at 11 say hello")
    sound = await make(engine, "every day at 11 say hello")
    spoiled = {"lines": ["no cron"], "seconds": 0, "start": None}
    table = schedules.SCHEDULES

    def spoil(tx: object) -> None:
        tx.connection.execute(  # type: ignore[attr-defined]
            table.update().where(table.c.id == broken.id).values(timetable=spoiled)
        )

    await engine.store.write(spoil)
    engine.clock.move(hours=1)
    with caplog.at_level(logging.ERROR):
        await clock_of(engine).tick()
    assert len(await runs_of(engine, sound)) == 1
    assert "A schedule could not be fired" in caplog.text


async def test_what_ended_long_ago_is_forgotten_with_what_showed_it(engine: Engine) -> None:
    gone = await make(engine, "every day at 11 say hello")
    kept = await make(engine, "every day at 11 say hello")
    await engine.dispatcher.remove_schedule(gone.id, ME)
    engine.clock.move(days=91)
    await clock_of(engine).forget_old()
    assert await engine.dispatcher.thread(gone.thread_key) == ()
    assert [one.id for one in await engine.dispatcher.schedules(ADA)] == [kept.id]


async def test_three_processes_that_tick_at_once_fire_each_time_once(
    processes: tuple[Engine, Engine], home: Path
) -> None:
    one, other = processes
    made = [await make(one, "every minute say hello") for _ in range(20)]
    async with open_engine(home, database_url=one.store.url, clock=one.clock) as third:
        tickers = [clock_of(engine) for engine in (one, other, third)]
        for _ in range(4):
            one.clock.move(minutes=1)
            await asyncio.gather(*[ticking.tick() for ticking in tickers for _ in range(2)])
            assert await finish(one) == len(made)
    for schedule in made:
        runs = await runs_of(one, schedule)
        assert [run.status for run in runs] == [RunStatus.COMPLETED] * 4


async def test_a_process_that_dies_in_the_middle_of_a_firing_leaves_it_to_another(
    processes: tuple[Engine, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its transaction is cut off after the run's insert and before the commit."""
    one, other = processes
    schedule = await make(one, "every day at 11 say hello")
    one.clock.move(hours=1)
    advance = schedules.advance_if
    cut: list[int] = []

    def cut_off(tx: object, row: object, after: datetime | None, **values: object) -> bool:
        if not cut:
            cut.append(_cut_off_the_others(tx))
        return advance(tx, row, after, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(schedules, "advance_if", cut_off)
    await asyncio.gather(clock_of(one).tick(), clock_of(other).tick())
    assert cut == [1]
    assert len(await runs_of(other, schedule)) == 1
    assert (await stands(other, schedule)).next_times[0] == START + timedelta(hours=25)


def _cut_off_the_others(tx: object) -> int:
    """End this transaction's own connection at the server, as a kill -9 of the process would."""
    pid = tx.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()  # type: ignore[attr-defined]
    url = tx.connection.engine.url.difference_update_query(["options"])  # type: ignore[attr-defined]
    address = str(url).replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        found = connection.execute("SELECT pg_terminate_backend(%s)", (pid,)).fetchall()
    return len(found)


async def test_what_a_crash_of_the_database_cut_off_is_fired_after_it(
    processes: tuple[Engine, Engine], postgresql: postgres.Server
) -> None:
    one, other = processes
    schedule = await make(one, "every day at 11 say hello")
    one.clock.move(hours=1)
    postgresql.crash()
    for engine in processes:
        with pytest.raises(StoreUnavailable):
            await clock_of(engine).tick()
    postgresql.start()
    await asyncio.gather(clock_of(one).tick(), clock_of(other).tick())
    assert len(await runs_of(one, schedule)) == 1
