"""Two processes over one outbox: wherever one is suspended, each entry stands once and true."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from bot.announcer.announcer import Announcer
from bot.announcer.tidying import LATE_SECONDS
from bot.connection.web_api import posting_client
from dispatch_core.lifecycle import RunStatus
from tests.bot.announcer.bench import Bench
from tests.bot.announcer.shelf import FastClock, Shelf, a_file, a_run, an_approval, ended, words
from tests.bot.announcer.suspended import Process, process

LONG = "a line of an answer\n" * 1_000


async def the_whole_thread(bench: Bench) -> tuple[str, str]:
    """A thread with an entry of every kind; its run ends while its card is posted."""
    thread = await bench.thread()
    bench.shelf.store("plot.png", b"bytes")
    run = bench.shelf.add(thread, a_run(thread))
    for body in (an_approval(thread), a_file(thread), words(LONG), words("the end")):
        bench.shelf.add(thread, body)
    return thread, run


async def tidied(bench: Bench, former: Process) -> None:
    """Once it stands by, and has put right what it left."""
    await bench.until(lambda: former.meter.standing)
    await asyncio.wait_for(former.announcer._background.settled(), 60)


def stands_once(bench: Bench, thread: str) -> list[dict[str, Any]]:
    """Each entry once, in order, where the records say; returns the replies."""
    replies = bench.replies(thread)
    assert [len(one.get("files", [])) for one in replies] == [0, 0, 1, 0, 1, 0]
    shown = [one["metadata"]["event_payload"]["entry_id"] for one in replies if "metadata" in one]
    assert shown == sorted(set(shown))
    standing = {f"C0GENERAL/{one['ts']}" for one in replies}
    standing |= {f"C0GENERAL/{file['id']}" for one in replies for file in one.get("files", [])}
    assert {entry.ref for entry in bench.shelf.entries.values()} <= standing
    return replies


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", range(1, 23))
async def test_wherever_it_is_suspended_each_entry_stands_once(
    bench: Bench, step: int, after: bool
) -> None:
    thread, run = await the_whole_thread(bench)
    async with process(bench, step, after=after) as first:
        await asyncio.wait_for(first.freezer.frozen.wait(), 60)
        bench.shelf.change(run, **ended())
        bench.shelf.lapse()
        async with process(bench) as second:
            await bench.until(bench.all_announced)
            assert second.meter.standing is False
            first.freezer.thawed.set()
            await tidied(bench, first)
            await bench.until(bench.all_announced)
            assert second.meter.standing is False
    replies = stands_once(bench, thread)
    assert "completed" in json.dumps(replies[0])


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", range(1, 23, 3))
async def test_the_one_that_took_over_is_gone_when_it_comes_back(
    bench: Bench, step: int, after: bool
) -> None:
    thread, run = await the_whole_thread(bench)
    async with process(bench, step, after=after) as first:
        await asyncio.wait_for(first.freezer.frozen.wait(), 60)
        bench.shelf.lapse()
        await bench.announcer().drain()
        first.freezer.thawed.set()
        bench.shelf.change(run, **ended())
        await bench.until(bench.all_announced)
        await asyncio.wait_for(first.announcer._background.settled(), 60)
        await bench.until(bench.all_announced)
    assert "completed" in json.dumps(stands_once(bench, thread)[0])


async def test_an_old_edit_that_lands_late_is_drawn_over(bench: Bench) -> None:
    thread = await bench.thread()
    run = bench.shelf.add(thread, a_run(thread))
    # Its fourth step, after the note, the post and the record, is the edit.
    async with process(bench, 4) as first:
        await bench.until(bench.all_announced)
        bench.shelf.change(run, status=RunStatus.RUNNING, output="old output")
        await asyncio.wait_for(first.freezer.frozen.wait(), 60)
        bench.shelf.lapse()
        bench.shelf.change(run, **ended(answer="the true end"))
        async with process(bench):
            await bench.until(bench.all_announced)
            first.freezer.thawed.set()
            await tidied(bench, first)
            await bench.until(bench.all_announced)
    edits = [json.dumps(call) for call in bench.calls("chat.update", fine=True)]
    assert ["old output" in edit for edit in edits] == [False, True, False]
    assert "the true end" in json.dumps(bench.replies(thread))


async def test_a_post_that_lands_late_is_deleted_though_slack_is_busy(bench: Bench) -> None:
    thread = await bench.thread()
    bench.shelf.add(thread, words("answer"))
    async with process(bench, 2) as first:
        await asyncio.wait_for(first.freezer.frozen.wait(), 60)
        bench.shelf.lapse()
        await bench.announcer().drain()
        first.freezer.thawed.set()
        await bench.until(lambda: len(bench.replies(thread)) == 2)
        bench.slack.faults.set("rate_limit", True)
        bench.clock.after(30, lambda: bench.slack.faults.set("rate_limit", False))
        await bench.until(lambda: len(bench.replies(thread)) == 1)
    (left,) = bench.replies(thread)
    assert bench.shelf.entries["e0000"].ref == f"C0GENERAL/{left['ts']}"


class Unhurried(FastClock):
    """A clock on which it is late when a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.late = asyncio.Event()

    async def rest(self, seconds: float, until: asyncio.Event | None = None) -> None:
        if seconds == LATE_SECONDS:
            await self.late.wait()
        await super().rest(seconds, until)


async def test_a_post_of_a_killed_process_that_lands_late_is_deleted(bench: Bench) -> None:
    bench.clock = clock = Unhurried()
    thread = await bench.thread()
    entry = bench.shelf.add(thread, words("answer"))
    bench.shelf.forget(entry, attempt=f"{clock.now - 5:.3f}")
    async with process(bench):
        await bench.until(bench.all_announced)
        # It was sent before its sender was killed, and is taken after the new holder has posted.
        await bench.client().chat_postMessage(
            channel="C0GENERAL",
            thread_ts=thread.rsplit(":", 1)[1],
            text="answer",
            metadata={"event_type": "dispatch_entry", "event_payload": {"entry_id": entry}},
        )
        clock.late.set()
        await bench.until(lambda: bench.calls("chat.delete", fine=True))
    (left,) = bench.replies(thread)
    assert bench.shelf.entries[entry].ref == f"C0GENERAL/{left['ts']}"


async def test_who_stands_by_sends_nothing_and_takes_over_at_once_when_told(bench: Bench) -> None:
    thread = await bench.thread()
    async with process(bench) as first, process(bench) as second:
        bench.shelf.add(thread, words("one"))
        await bench.until(bench.all_announced)
        holder, other = (first, second) if second.meter.standing else (second, first)
        assert (holder.meter.shown, other.meter.shown) == (1, 0)
        bench.shelf.lapse()
        bench.shelf.add(thread, words("two"))
        await bench.until(bench.all_announced)
    assert [one["text"] for one in bench.replies(thread)] == ["one", "two"]


class Leased(Shelf):
    """A shelf whose lease ends if it is not renewed, though not within a test."""

    async def take_announcer(self, owner: str, seconds: float) -> float:
        return 1e9 if await super().take_announcer(owner, seconds) else 0.0


class Patient(FastClock):
    """A clock whose rests leave another process the time to act."""

    async def rest(self, seconds: float, until: asyncio.Event | None = None) -> None:
        await super().rest(seconds, until)
        await asyncio.sleep(0.01)


async def test_a_process_that_cannot_reach_slack_makes_room_for_one_that_can(
    bench: Bench, tmp_path: Path
) -> None:
    shelf = bench.shelf = Leased(tmp_path)
    thread = await bench.thread()
    entry = shelf.add(thread, words("answer"))
    nowhere = posting_client("xoxb-1", "http://127.0.0.1:9/api/", bench.session)
    deaf = asyncio.create_task(Announcer(shelf, nowhere, Patient()).run())
    await bench.until(lambda: shelf.entries[entry].attempt)
    async with process(bench) as able:
        await bench.until(bench.all_announced)
        assert able.meter.shown == 1
    deaf.cancel()
    await asyncio.gather(deaf, return_exceptions=True)
    assert len(bench.replies(thread)) == 1


async def test_a_clean_stop_gives_the_lease_up(bench: Bench) -> None:
    thread = await bench.thread()
    async with process(bench):
        bench.shelf.add(thread, words("one"))
        await bench.until(bench.all_announced)
        assert bench.shelf.holder is not None
    assert bench.shelf.holder is None


async def test_errors_of_slack_are_counted_by_kind(bench: Bench) -> None:
    thread = await bench.thread()
    async with process(bench) as first:
        for kinds, fault in enumerate(("rate_limit", "server_error", "lost_answer"), start=1):
            bench.slack.faults.set(fault, True)
            bench.shelf.add(thread, words(fault))
            await bench.until(lambda kinds=kinds: len(set(first.meter.errors)) == kinds)
            bench.slack.faults.set(fault, False)
            await bench.until(bench.all_announced)
        bench.shelf.add("T0DISPATCH:C0NOWHERE:1.000001", words("hello"))
        await bench.until(bench.all_announced)
    assert set(first.meter.errors) == {"rate_limited", "failing", "no_answer", "unreachable"}
