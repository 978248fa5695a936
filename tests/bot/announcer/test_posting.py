"""Every entry is one message: posted once, edited in place, in the thread's order."""

import asyncio
import json
from contextlib import suppress

import pytest

from bot.announcer.announcer import Announcer
from bot.connection.web_api import asking_client
from dispatch_core.lifecycle import ApprovalStatus, RunStatus
from tests.bot.announcer.bench import Bench
from tests.bot.announcer.shelf import a_run, an_approval, ended, words


async def test_a_run_has_one_message_from_its_asking_to_its_end(bench: Bench) -> None:
    thread = await bench.thread()
    run = bench.shelf.add(thread, a_run(thread))
    announcer = bench.announcer()
    await announcer.drain()
    bench.shelf.change(run, status=RunStatus.RUNNING)
    await announcer.drain()
    bench.shelf.change(run, **ended())
    await announcer.drain()
    (message,) = bench.replies(thread)
    assert "completed" in json.dumps(message["blocks"])
    assert bench.shelf.entries[run].ref == f"C0GENERAL/{message['ts']}"
    assert len(bench.calls("chat.postMessage")) == 1


async def test_the_entries_of_a_thread_stand_in_their_order(bench: Bench) -> None:
    thread = await bench.thread()
    for text in ("one", "two", "three"):
        bench.shelf.add(thread, words(text))
    bench.shelf.add(thread, an_approval(thread))
    await bench.announcer().drain()
    texts = [one["text"] for one in bench.replies(thread)]
    assert texts[:3] == ["one", "two", "three"]
    assert "Approval needed" in texts[3]


async def test_an_approval_in_one_thread_overtakes_the_chat_of_others(bench: Bench) -> None:
    first, second = await bench.thread(), await bench.thread()
    for number in range(6):
        bench.shelf.add(first, words(f"chat {number}"))
    bench.shelf.add(second, a_run(second))
    bench.shelf.add(second, an_approval(second))
    await bench.announcer().drain()
    posts = [call["text"] for call in bench.calls("chat.postMessage")]
    assert "queued" in posts[0]
    assert "Approval needed" in posts[1]


async def test_a_decided_approval_is_rewritten_without_buttons(bench: Bench) -> None:
    thread = await bench.thread()
    approval = bench.shelf.add(thread, an_approval(thread))
    announcer = bench.announcer()
    await announcer.drain()
    assert "approval_approve" in json.dumps(bench.replies(thread))
    bench.shelf.change(approval, status=ApprovalStatus.APPROVED, decided_by="T0DISPATCH:U0GRACE")
    await announcer.drain()
    (message,) = bench.replies(thread)
    assert "approval_approve" not in json.dumps(message)
    assert "<@U0GRACE>" in json.dumps(message)


async def test_progress_is_coalesced_to_the_channels_pace(bench: Bench) -> None:
    thread = await bench.thread()
    run = bench.shelf.add(thread, a_run(thread, status=RunStatus.RUNNING))
    announcing = asyncio.create_task(bench.announcer().run())
    await bench.slack.wait_until(lambda: bench.replies(thread))
    began = bench.clock.now
    for number in range(100):
        bench.shelf.change(run, output=f"line {number}")
        await asyncio.sleep(0)
    bench.shelf.change(run, **ended(answer="all done"))
    await bench.slack.wait_until(lambda: "all done" in json.dumps(bench.replies(thread)))
    announcing.cancel()
    with suppress(asyncio.CancelledError):
        await announcing
    edits = len(bench.calls("chat.update"))
    assert edits <= 2 + (bench.clock.now - began) / 1.2
    assert edits < 20


async def test_an_end_is_not_kept_waiting_by_progress(bench: Bench) -> None:
    first, second = await bench.thread(), await bench.thread()
    busy = [bench.shelf.add(first, a_run(first, status=RunStatus.RUNNING)) for _ in range(3)]
    done = bench.shelf.add(second, a_run(second, status=RunStatus.RUNNING))
    announcer = bench.announcer()
    await announcer.drain()
    for run in busy:
        bench.shelf.change(run, output="more")
    bench.shelf.change(done, **ended())
    await announcer.drain()
    edited = [call["ts"] for call in bench.calls("chat.update")]
    assert f"C0GENERAL/{edited[0]}" == bench.shelf.entries[done].ref


async def test_a_message_deleted_in_slack_is_not_looked_for_again(bench: Bench) -> None:
    thread = await bench.thread()
    run = bench.shelf.add(thread, a_run(thread))
    announcer = bench.announcer()
    await announcer.drain()
    ref = bench.shelf.entries[run].ref or ""
    client = bench.client()
    await client.chat_delete(channel="C0GENERAL", ts=ref.split("/")[1])
    bench.shelf.change(run, **ended())
    await announcer.drain()
    assert bench.all_announced()
    assert bench.replies(thread) == []


async def test_a_channel_without_the_bot_ends_in_one_line_and_no_loop(bench: Bench) -> None:
    bench.shelf.add("T0DISPATCH:C0NOWHERE:1.000001", words("hello"))
    bench.shelf.add("not a thread", words("hello"))
    await bench.announcer().drain()
    assert bench.all_announced()
    assert len(bench.calls("chat.postMessage")) == 1


async def test_a_notice_goes_to_the_persons_direct_messages(bench: Bench) -> None:
    notice = bench.shelf.add("T0DISPATCH:U0ADA:", words("Paired.", device_id="d1"))
    await bench.announcer().drain()
    assert (bench.shelf.entries[notice].ref or "").startswith("D0ADA/")
    assert bench.slack.messages("D0ADA")[-1]["text"] == "Paired."


async def test_a_long_thread_of_one_busy_channel_hides_no_other_channel(bench: Bench) -> None:
    busy = await bench.thread("C0GENERAL")
    calm = await bench.thread("C0OPS")
    for number in range(210):
        bench.shelf.add(busy, words(f"chat {number}"))
    bench.shelf.add(calm, words("calm"))
    announcing = asyncio.create_task(bench.announcer().run())
    await bench.slack.wait_until(lambda: bench.replies(calm))
    assert len(bench.replies(busy)) < 210
    announcing.cancel()
    with suppress(asyncio.CancelledError):
        await announcing


async def test_a_client_that_repeats_calls_by_itself_is_refused(bench: Bench) -> None:
    client = asking_client(bench.slack.bot_token, bench.slack.api_url, bench.session)
    with pytest.raises(ValueError, match="retry"):
        Announcer(bench.shelf, client)
