"""What waits to be announced: fenced by the lease, the most urgent first, and read fast."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update

from dispatch_core.records import backlog
from dispatch_core.records.tables import ENTRIES
from dispatch_core.records.transaction import Transaction
from dispatch_core.views import EntryKind, ThreadEntry
from tests.core.engine import START, Engine
from tests.core.much import as_running_cards, many_messages

ALL = [(200, ())] * 3
SECONDS = 6.0


async def waiting(
    engine: Engine, wants: Sequence[Any] = ALL, **known: int
) -> tuple[ThreadEntry, ...]:
    entries, _ = await engine.dispatcher.waiting(known, wants)
    return entries


async def announce_all(engine: Engine, owner: str = "a") -> None:
    await engine.dispatcher.take_announcer(owner, SECONDS)
    for entry in await waiting(engine):
        assert await engine.dispatcher.announced(owner, entry.id, entry.revision, f"C1/{entry.id}")


async def test_only_the_holder_of_the_lease_notes_and_records(engine: Engine) -> None:
    await engine.ask()
    (entry,) = await waiting(engine)
    desk = engine.dispatcher
    assert not await desk.note_attempt("nobody", entry.id, "1.0")
    await desk.take_announcer("a", SECONDS)
    assert await desk.note_attempt("a", entry.id, "1.0")
    assert not await desk.note_attempt("b", entry.id, "2.0")
    assert not await desk.announced("b", entry.id, entry.revision, "C1/2")
    (noted,) = await waiting(engine)
    assert (noted.attempt, noted.ref) == ("1.0", None)
    assert await desk.announced("a", entry.id, entry.revision, "C1/1")
    assert await waiting(engine) == ()
    assert await desk.place_of(entry.id) == ("C1/1", entry.revision)


async def test_an_older_revision_is_no_sign_that_the_lease_is_lost(engine: Engine) -> None:
    await engine.ask()
    (entry,) = await waiting(engine)
    await announce_all(engine)
    assert await engine.dispatcher.announced("a", entry.id, 0, "C1/old")
    assert await engine.dispatcher.announced("a", "no such entry", 1, None)
    assert await engine.dispatcher.place_of("no such entry") is None


async def test_what_a_former_holder_drew_over_is_shown_again(engine: Engine) -> None:
    await engine.ask()
    (entry,) = await waiting(engine)
    await announce_all(engine)
    await engine.dispatcher.show_again(entry.id)
    (again,) = await waiting(engine)
    assert (again.id, again.revision) == (entry.id, entry.revision + 1)


async def test_known_revisions_are_not_read_again(engine: Engine) -> None:
    await engine.ask()
    (entry,) = await waiting(engine)
    assert await waiting(engine, **{entry.id: entry.revision}) == ()
    assert await waiting(engine, **{entry.id: entry.revision - 1}) == (entry,)


async def test_an_approval_does_not_wait_behind_thousands_of_edits(engine: Engine) -> None:
    await engine.pair()
    await announce_all(engine)
    await many_messages(engine, 2_000)
    await as_running_cards(engine, "T1:BUSY:1")
    approval = await engine.ask_for_shell(thread="T1:CALM:1")
    entries, more = await engine.dispatcher.waiting({}, [(20, ()), (20, ()), (20, ())])
    assert more
    kinds = [entry.kind for entry in entries if entry.thread_key == approval.thread_key]
    assert kinds == [EntryKind.RUN, EntryKind.APPROVAL]
    edits = [entry for entry in entries if entry.thread_key == "T1:BUSY:1"]
    assert len(edits) == 20


async def test_a_channel_that_has_enough_hides_no_other(engine: Engine) -> None:
    await many_messages(engine, 600)
    await many_messages(engine, 2, "T1:CALM:1")
    wants = [(200, ["T1:BUSY:"]), (200, ["T1:BUSY:"]), (200, ["T1:BUSY:"])]
    entries = await waiting(engine, wants)
    assert {entry.thread_key for entry in entries} == {"T1:CALM:1"}


async def test_no_entry_is_read_without_the_unposted_ones_before_it(engine: Engine) -> None:
    ids = await many_messages(engine, 600)

    def clocks_differ(tx: Transaction) -> None:
        """The last of the first ones was made by a machine whose clock is ahead."""
        tx.connection.execute(update(ENTRIES).where(ENTRIES.c.id == ids[5]).values(id="f" * 32))

    await engine.store.write(clocks_differ)
    entries = await waiting(engine, [(0, ()), (50, ()), (0, ())])
    places = sorted(entry.position for entry in entries)
    assert places == list(range(places[0], places[0] + backlog.AHEAD))
    assert "f" * 32 in {entry.id for entry in entries}


async def test_the_lag_is_the_age_of_the_oldest_change(engine: Engine) -> None:
    desk = engine.dispatcher
    assert await desk.announcer_lag() == 0
    await engine.pair()
    approval = await engine.ask_for_shell()
    (made, *_) = [backlog.made_at(entry.id) for entry in await waiting(engine)]
    engine.clock.now = made + timedelta(seconds=30)
    assert await desk.announcer_lag() == pytest.approx(30, abs=0.01)
    await announce_all(engine)
    assert await desk.announcer_lag() == 0
    await engine.approve(approval)
    engine.clock.move(seconds=7)
    assert await desk.announcer_lag() == pytest.approx(7, abs=0.01)


def test_an_id_tells_when_it_was_made() -> None:
    assert backlog.made_at(f"{int(START.timestamp() * 1000):012x}" + "0" * 20) == START


@pytest.mark.parametrize("query", ["heads", "new"])
async def test_what_is_announced_costs_nothing(engine: Engine, query: str) -> None:
    """The plan begins at the partial index, however many entries were announced before."""
    await many_messages(engine, 3_000)
    await engine.store.write(
        lambda tx: tx.connection.execute(update(ENTRIES).values(announced=1, ref="C1/1"))
    )
    await many_messages(engine, 3, "T1:CALM:1")

    def plan(tx: Transaction) -> str:
        explain = "EXPLAIN QUERY PLAN" if engine.store.sqlite_file else "EXPLAIN"
        statement = backlog._HEADS.limit(501) if query == "heads" else backlog._OLDEST_NEW
        compiled = statement.compile(tx.connection, compile_kwargs={"literal_binds": True})
        return str(tx.connection.execute(text(f"{explain} {compiled}")).all())

    await engine.store.write(lambda tx: tx.connection.execute(text("ANALYZE")))
    assert "ix_entry_unannounced" in await engine.store.read(plan)


async def test_a_restart_of_the_only_process_announces_at_once(engine: Engine) -> None:
    held = await engine.dispatcher.take_announcer("before", SECONDS)
    again = await engine.dispatcher.take_announcer("after", SECONDS)
    if engine.store.sqlite_file:
        assert held == again == float("inf")
    else:
        assert (held, again) == (SECONDS, 0)
