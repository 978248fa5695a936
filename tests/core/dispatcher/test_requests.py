"""A message becomes a run exactly once."""

import asyncio

import pytest

from dispatch_core.errors import BadOverride, EmptyRequest
from dispatch_core.lifecycle import Route, RunStatus
from dispatch_core.views import AttachedFile, EntryKind, MessageView, Submission
from tests.core.engine import ADA, START, Engine


def message(text: str = "hello", key: str = "T1:C1:2", **more: object) -> Submission:
    return Submission("T1:C1:1", key, ADA, text, START, **more)  # type: ignore[arg-type]


async def test_a_message_becomes_an_entry_and_a_queued_run(engine: Engine) -> None:
    receipt = await engine.dispatcher.submit(message("hello"))
    entries = await engine.dispatcher.thread("T1:C1:1")
    assert receipt.created
    assert [entry.kind for entry in entries] == [EntryKind.MESSAGE, EntryKind.RUN]
    assert (await engine.dispatcher.run(receipt.run_id or "")).status is RunStatus.QUEUED


async def test_the_same_message_told_many_times_at_once_is_one_run(engine: Engine) -> None:
    receipts = await asyncio.gather(*[engine.dispatcher.submit(message()) for _ in range(20)])
    assert len({receipt.run_id for receipt in receipts}) == 1
    assert sum(receipt.created for receipt in receipts) == 1


async def test_files_that_only_the_second_telling_brings_are_kept(engine: Engine) -> None:
    table = AttachedFile("t.csv", "text/csv", 3, "F1")
    receipt = await engine.dispatcher.submit(message())
    again = await engine.dispatcher.submit(message(files=(table,)))
    await engine.dispatcher.submit(message(files=(table,)))
    work = await engine.claim()
    assert again.run_id == receipt.run_id
    assert work.files == (table,)


async def test_files_without_a_word_are_kept_for_what_comes_next(engine: Engine) -> None:
    table = AttachedFile("t.csv", "text/csv", 3, "F1")
    receipt = await engine.dispatcher.submit(message("", files=(table,)))
    *_, said = await engine.dispatcher.thread("T1:C1:1")
    assert receipt.run_id is None
    assert isinstance(said.body, MessageView)
    assert "t.csv" in said.body.text
    await engine.ask("```python\nprint(1)\n```", thread="T1:C1:1")
    assert (await engine.claim()).files == (table,)


async def test_an_override_beats_what_the_words_suggest(engine: Engine) -> None:
    receipt = await engine.dispatcher.submit(message("[route=cloud-code timeout=7] $ ls"))
    work = await engine.claim()
    assert receipt.route is Route.CLOUD_CODE
    assert (work.timeout_seconds, work.request) == (7, "$ ls")


async def test_code_has_a_time_limit_of_its_own_and_an_override_beats_it(engine: Engine) -> None:
    limits = []
    for number, text in enumerate(("hello", "```\n1\n```", "[timeout=5] ```\n1\n```")):
        await engine.ask(text, thread=f"T1:C1:{number}")
        limits.append((await engine.claim()).timeout_seconds)
    assert limits == [600, 60, 5]


async def test_a_message_that_asks_nothing_is_refused_and_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(EmptyRequest):
        await engine.dispatcher.submit(message("   "))
    with pytest.raises(BadOverride):
        await engine.dispatcher.submit(message("[route=moon] hi"))
    assert not await engine.dispatcher.knows_thread("T1:C1:1")


async def test_a_secret_in_a_request_is_not_in_its_title(engine: Engine) -> None:
    token = "xoxb-" + "1" * 12 + "-" + "a" * 24
    run_id = await engine.ask(f"what does {token} do?")
    assert token not in (await engine.dispatcher.run(run_id)).title


async def test_a_message_behind_an_active_run_is_marked_as_waiting(engine: Engine) -> None:
    await engine.ask("first")
    await engine.ask("second")
    bodies = [entry.body for entry in await engine.dispatcher.thread("T1:C1:1")]
    waiting = [body.queued_behind for body in bodies if isinstance(body, MessageView)]
    assert waiting == [False, True]
