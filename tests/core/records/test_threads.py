"""Threads and what they show, on both databases: in order, each once, anew where it changed."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dispatch_core.records import threads
from dispatch_core.records.transaction import Transaction
from dispatch_core.views import AttachedFile, EntryKind, MessageView, Submission, ThreadEntry
from tests.core.engine import ADA, Engine

KEY = "T1:C1:1"


async def entries(engine: Engine) -> tuple[ThreadEntry, ...]:
    return await engine.dispatcher.thread(KEY)


async def test_a_key_is_one_thread(engine: Engine) -> None:
    def make(tx: Transaction) -> list[str]:
        return [threads.find_or_make(tx, key) for key in (KEY, "other", KEY)]

    first, other, again = await engine.store.write(make)
    assert first == again != other
    assert await engine.store.read(lambda tx: threads.find(tx, KEY)) == first
    assert await engine.store.read(lambda tx: threads.find(tx, "unknown")) is None


async def test_entries_stand_in_the_order_of_their_making(engine: Engine) -> None:
    run_id = await engine.ask()
    thread_id = await engine.store.read(lambda tx: threads.find(tx, KEY))
    assert thread_id is not None
    said = [
        await engine.store.write(lambda tx: threads.say(tx, thread_id, "said")) for _ in range(2)
    ]
    shown = await entries(engine)
    assert [entry.position for entry in shown] == [1, 2, 3, 4]
    assert [entry.kind for entry in shown[1:]] == [EntryKind.RUN, *2 * [EntryKind.MESSAGE]]
    assert [entry.body.id for entry in shown[1:]] == [run_id, *said]


async def test_what_one_transaction_changes_often_is_shown_anew_once(engine: Engine) -> None:
    run_id = await engine.ask()
    before = (await entries(engine))[1].revision

    def change(tx: Transaction) -> None:
        for _ in range(5):
            tx.touch(run_id)

    await engine.store.write(change)
    assert (await entries(engine))[1].revision == before + 1


async def test_what_a_failed_piece_touched_is_not_shown_anew(engine: Engine) -> None:
    run_id = await engine.ask()
    before = (await entries(engine))[1].revision

    def breaks(tx: Transaction) -> None:
        tx.touch(run_id)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await engine.store.write(breaks)
    assert (await entries(engine))[1].revision == before


async def test_a_message_that_the_front_end_shows_waits_for_nobody(engine: Engine) -> None:
    await engine.ask()
    waiting, _ = await engine.dispatcher.waiting({}, ())
    assert [entry.kind for entry in waiting] == [EntryKind.RUN]


async def test_files_that_come_with_a_second_telling_are_added_once(engine: Engine) -> None:
    files = [AttachedFile(f"{name}.csv", "text/csv", 3, name) for name in ("F1", "F2")]
    for told in ([], files[:1], files, files):
        await engine.dispatcher.submit(
            Submission(KEY, f"{KEY}/1", ADA, "hello", engine.clock.now, files=tuple(told))
        )
    [message] = [e.body for e in await entries(engine) if isinstance(e.body, MessageView)]
    assert message.files == tuple(files)


async def test_a_message_key_and_a_subject_stand_once(engine: Engine) -> None:
    await engine.ask()
    await engine.ask()
    for broken in (
        "UPDATE message SET message_key = 'same'",
        "UPDATE entry SET subject_id = 'same'",
        "UPDATE thread SET id = 'another'",
    ):
        with pytest.raises(IntegrityError):
            await engine.store.write(lambda tx, b=broken: tx.connection.execute(text(b)))
