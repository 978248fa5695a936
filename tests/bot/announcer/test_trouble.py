"""Lost answers, limits, errors and crashes: nothing is lost and nothing is posted twice."""

import asyncio
import json
import logging
from contextlib import suppress

import pytest

from bot.announcer import lane
from dispatch_core.lifecycle import RunStatus
from dispatch_core.log_context import known
from tests.bot.announcer.bench import Bench
from tests.bot.announcer.shelf import a_run, an_approval, ended, words


def switch(bench: Bench, fault: str, seconds: float) -> None:
    """A trouble that lasts for some seconds of the clock."""
    bench.slack.faults.set(fault, True)
    bench.clock.after(seconds, lambda: bench.slack.faults.set(fault, False))


async def test_a_crash_between_post_and_record_is_found_again(bench: Bench) -> None:
    thread = await bench.thread()
    run = bench.shelf.add(thread, a_run(thread))
    await bench.announcer().drain()
    entry = bench.shelf.entries[run]
    # The record of the post was never made: only what was noted before it is left.
    bench.shelf.forget(run, attempt=f"{bench.clock.now - 5:.3f}")
    bench.shelf.change(run, **ended())
    await bench.announcer().drain()
    assert len(bench.replies(thread)) == 1
    assert bench.shelf.entries[run].ref == entry.ref
    assert "completed" in json.dumps(bench.replies(thread))


async def test_a_crash_before_the_post_leads_to_the_post(bench: Bench) -> None:
    thread = await bench.thread()
    run = bench.shelf.add(thread, a_run(thread))
    bench.shelf.forget(run, attempt=f"{bench.clock.now - 5:.3f}")
    await bench.announcer().drain()
    assert len(bench.replies(thread)) == 1


async def test_a_crash_after_a_notice_is_found_again(bench: Bench) -> None:
    notice = bench.shelf.add("T0DISPATCH:U0ADA:", words("Paired."))
    await bench.announcer().drain()
    bench.shelf.forget(notice, attempt=f"{bench.clock.now - 5:.3f}")
    await bench.announcer().drain()
    assert [one["text"] for one in bench.slack.messages("D0ADA")].count("Paired.") == 1


class About(logging.Handler):
    """Keeps what each line is about, as a formatter would ask for it."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[dict[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.ids.append(dict(known()))


async def test_the_log_names_the_entry_that_is_shown_later_and_its_thread(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    thread = await bench.thread()
    entry = bench.shelf.add(thread, words("answer"))
    switch(bench, "server_error", 5)
    heard = About()
    shower = logging.getLogger(lane.__name__)
    shower.addHandler(heard)
    try:
        with caplog.at_level(logging.INFO, shower.name):
            await bench.announcer().drain()
    finally:
        shower.removeHandler(heard)
    assert {"entry_id": entry, "thread_key": thread} in heard.ids
    assert known() == {}


async def test_the_earlier_post_is_found_on_a_later_page(bench: Bench) -> None:
    thread = await bench.thread()
    _, channel, ts = thread.split(":")
    for number in range(250):
        await bench.slack.say("U0GRACE", channel, f"chat {number}", thread_ts=ts)
    entry = bench.shelf.add(thread, words("answer"))
    await bench.announcer().drain()
    bench.shelf.forget(entry, attempt=f"{bench.clock.now - 5:.3f}")
    await bench.announcer().drain()
    assert [one["text"] for one in bench.replies(thread)].count("answer") == 1
    assert len(bench.calls("conversations.replies")) > 1


async def test_a_lost_answer_is_looked_for_and_never_posted_again(bench: Bench) -> None:
    threads = [await bench.thread() for _ in range(5)]
    for thread in threads:
        bench.shelf.add(thread, a_run(thread))
    switch(bench, "lost_answer", 20)
    await bench.announcer().drain()
    assert [len(bench.replies(thread)) for thread in threads] == [1] * 5
    assert bench.all_announced()


async def test_a_database_that_fails_after_the_post_costs_no_second_post(bench: Bench) -> None:
    thread = await bench.thread()
    bench.shelf.add(thread, words("answer"))
    bench.shelf.lose_announced = 3
    await bench.announcer().drain()
    assert len(bench.calls("chat.postMessage")) == 1
    assert bench.all_announced()


async def test_a_minute_of_429_loses_nothing(bench: Bench) -> None:
    threads = [await bench.thread() for _ in range(20)]
    for thread in threads:
        bench.shelf.add(thread, a_run(thread, **ended()))
    switch(bench, "rate_limit", 60)
    await bench.announcer().drain()
    assert [len(bench.replies(thread)) for thread in threads] == [1] * 20
    # A refusal is no doubt: nothing is looked for, and Retry-After is kept to.
    assert bench.calls("conversations.replies") == []
    assert len(bench.calls("chat.postMessage")) <= 20 + 60


async def test_fifteen_seconds_of_500_lose_nothing(bench: Bench) -> None:
    threads = [await bench.thread() for _ in range(20)]
    for thread in threads:
        bench.shelf.add(thread, a_run(thread, **ended()))
    switch(bench, "server_error", 15)
    await bench.announcer().drain()
    assert [len(bench.replies(thread)) for thread in threads] == [1] * 20
    assert bench.all_announced()


async def test_the_real_limits_of_slack_are_rarely_met(bench: Bench) -> None:
    threads = [await bench.thread() for _ in range(10)]
    runs = [bench.shelf.add(thread, a_run(thread)) for thread in threads]
    announcer = bench.announcer()
    await announcer.drain()
    for run in runs:
        bench.shelf.change(run, status=RunStatus.RUNNING)
    await announcer.drain()
    for run in runs:
        bench.shelf.change(run, **ended())
    await announcer.drain()
    assert [len(bench.replies(thread)) for thread in threads] == [1] * 10
    assert len(bench.calls("chat.postMessage")) == 10
    assert len(bench.calls("chat.update")) == 20


async def test_a_newer_revision_during_the_post_is_drawn_after_it(bench: Bench) -> None:
    thread = await bench.thread()
    run = bench.shelf.add(thread, a_run(thread))
    bench.shelf.on_note = lambda entry_id, _attempt: bench.shelf.change(entry_id, **ended())
    await bench.announcer().drain()
    assert len(bench.replies(thread)) == 1
    assert "completed" in json.dumps(bench.replies(thread))
    assert bench.shelf.entries[run].announced == 2


async def test_a_stop_in_the_middle_leaves_each_entry_posted_once(bench: Bench) -> None:
    threads = [await bench.thread() for _ in range(6)]
    for thread in threads:
        bench.shelf.add(thread, a_run(thread))
        bench.shelf.add(thread, an_approval(thread))
    for seen in (1, 4, 9):
        announcing = asyncio.create_task(bench.announcer().run())
        await bench.slack.wait_until(
            lambda seen=seen: sum(len(bench.replies(one)) for one in threads) >= seen
        )
        announcing.cancel()
        with suppress(asyncio.CancelledError):
            await announcing
    await bench.announcer().drain()
    assert [len(bench.replies(thread)) for thread in threads] == [2] * 6
