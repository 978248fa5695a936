"""`stop`, `retry`, `status` and `help`, alone in a thread."""

import pytest

from bot.listeners.thread_words import Word, word_in
from dispatch_core.lifecycle import EndReason, RunStatus
from dispatch_core.views import Decider
from tests.bot.listeners.desk import ADA, ADAS, BOT, GENERAL, GRACE, Desk


@pytest.mark.parametrize("text", ["stop", " Stop ", "STOP!", "stop."])
def test_a_word_is_known_however_it_is_written(text: str) -> None:
    assert word_in(text) is Word.STOP


@pytest.mark.parametrize("text", ["stop it", "stop the server", "", "halt"])
def test_a_sentence_is_no_word(text: str) -> None:
    assert word_in(text) is None


async def test_stop_ends_what_waits_in_its_thread_and_makes_no_run(desk: Desk) -> None:
    ts, _ = await desk.a_waiting_run()
    await desk.say(ADA, "stop", thread_ts=ts)
    runs = await desk.runs(ts)
    assert [(run.status, run.reason) for run in runs] == [(RunStatus.CANCELLED, EndReason.STOPPED)]


async def test_a_stop_that_comes_late_spares_a_newer_run(desk: Desk) -> None:
    await desk.a_device()
    root = await desk.say(ADA, f"{BOT} hello")
    await desk.card("completed")
    stop_ts = f"{int(root.split('.')[0])}.999999"
    newer = f"{int(root.split('.')[0]) + 5}.000100"
    reply = {"type": "message", "user": ADA, "channel": GENERAL, "thread_ts": root}
    await desk.event(reply | {"ts": newer, "event_ts": newer, "text": "$ sleep 1"})
    await desk.event(reply | {"ts": stop_ts, "event_ts": stop_ts, "text": "stop"})
    await desk.whispered(ADA, "There is nothing to stop in this thread.")
    assert (await desk.runs(root))[1].active


async def test_only_those_who_may_can_stop(open_desk) -> None:  # type: ignore[no-untyped-def]
    async with open_desk(dispatch_approvers=()) as desk:
        ts, _ = await desk.a_waiting_run()
        await desk.say(GRACE, "stop", thread_ts=ts)
        await desk.whispered(GRACE, "may stop this run")
        assert (await desk.runs(ts))[0].active


async def test_stop_outside_a_thread_says_where_to_write_it(desk: Desk) -> None:
    ts = await desk.say(ADA, "stop", ADAS)
    await desk.whispered(ADA, "in the thread of the run that you mean", ADAS)
    assert await desk.runs(ts, ADAS) == []


async def test_retry_does_the_last_run_again(desk: Desk) -> None:
    ts, run = await desk.a_waiting_run()
    await desk.dispatcher.cancel(run.id, Decider(run.requester))
    await desk.say(ADA, "retry", thread_ts=ts)
    first, second = await desk.runs(ts)
    assert (second.retry_of, second.request) == (first.id, first.request)


async def test_retry_of_an_active_run_says_that_it_is_active(desk: Desk) -> None:
    ts, _ = await desk.a_waiting_run()
    await desk.say(ADA, "retry", thread_ts=ts)
    await desk.whispered(ADA, "stop it first, or wait for its end")
    assert len(await desk.runs(ts)) == 1


async def test_status_is_told_to_the_asker_alone_and_makes_no_run(desk: Desk) -> None:
    ts, _ = await desk.a_waiting_run()
    await desk.say(GRACE, "status", thread_ts=ts)
    told = await desk.whispered(GRACE, "waiting approval")
    assert told["thread_ts"] == ts
    assert len(await desk.runs(ts)) == 1


async def test_help_in_a_thread_is_told_to_the_asker_alone(desk: Desk) -> None:
    ts = await desk.say(ADA, f"{BOT} hello")
    await desk.say(GRACE, "help", thread_ts=ts)
    await desk.whispered(GRACE, "How to use Dispatch")
    assert len(await desk.runs(ts)) == 1


async def test_help_outside_a_thread_is_a_request(desk: Desk) -> None:
    ts = await desk.say(ADA, "help", ADAS)
    assert len(await desk.runs(ts, ADAS)) == 1
