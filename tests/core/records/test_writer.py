"""The writers: what waits together is committed together, and each piece stands for itself."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import event, insert, select, text

from dispatch_core.errors import SchemaMismatch, StoreInUse, StoreUnavailable
from dispatch_core.records import schema
from dispatch_core.records.database import Store, utc_now
from dispatch_core.records.device_tables import SECRETS
from dispatch_core.records.ownership import Ownership
from dispatch_core.records.transaction import Transaction
from tests.core.records.stopping import PATIENCE, until


def keep(name: str):  # type: ignore[no-untyped-def]
    def piece(tx: Transaction) -> str:
        tx.connection.execute(insert(SECRETS), {"name": name, "value": b"v"})
        tx.signal(name)
        return name

    return piece


def names(tx: Transaction) -> set[str]:
    return set(tx.connection.scalars(select(SECRETS.c.name)))


@pytest.fixture
async def store(tmp_path: Path):  # type: ignore[no-untyped-def]
    opened = Store(f"sqlite:///{tmp_path}/s.db")
    schema.upgrade(opened.engine)
    opened.start()
    yield opened
    await opened.stop()


@pytest.fixture
async def either(tmp_path: Path, database: str):  # type: ignore[no-untyped-def]
    """A store of either kind, whose listener has signalled what it may have missed before."""
    opened = Store(database or f"sqlite:///{tmp_path}/s.db")
    schema.upgrade(opened.engine)
    opened.start()
    await until(lambda: opened.listener is None or opened.listener.hears)
    yield opened
    await opened.stop()


async def test_a_piece_that_fails_hurts_only_itself(either: Store) -> None:
    def breaks(tx: Transaction) -> None:
        keep("half")(tx)
        raise ValueError("no")

    pieces = [either.write(keep("a")), either.write(breaks), either.write(keep("b"))]
    outcomes = await asyncio.gather(*pieces, return_exceptions=True)
    assert isinstance(outcomes[1], ValueError)
    assert await either.read(names) == {"a", "b"}


async def test_pieces_that_wait_together_share_few_commits(either: Store) -> None:
    commits: list[object] = []
    event.listen(either.engine, "commit", commits.append)
    await asyncio.gather(*[either.write(keep(f"n{number}")) for number in range(500)])
    assert len(await either.read(names)) == 500
    assert len(commits) < 50


async def test_what_goes_ahead_does_not_wait_for_what_came_before(either: Store) -> None:
    order: list[str] = []

    def note(word: str):  # type: ignore[no-untyped-def]
        return lambda _tx: order.append(word)

    held = threading.Event()
    first = either.write(lambda _tx: held.wait(PATIENCE))
    waiting = [either.write(note("waited")) for _ in range(3)]
    ahead = [either.write_ahead(note(word)) for word in ("ahead", "next")]
    if either.sqlite_file is None:
        # PostgreSQL takes them while the first is still being written.
        await asyncio.gather(*ahead)
    held.set()
    await asyncio.gather(first, *waiting, *ahead)
    assert order == ["ahead", "next", "waited", "waited", "waited"]


async def test_what_goes_ahead_is_written_where_nothing_waits(either: Store) -> None:
    assert await either.write_ahead(keep("a")) == "a"
    assert await either.read(names) == {"a"}


async def test_listeners_are_woken_after_the_commit_and_not_by_a_failure(either: Store) -> None:
    def breaks(tx: Transaction) -> None:
        tx.signal("woken")
        raise ValueError("no")

    with either.signals.listen("woken") as ear:
        with pytest.raises(ValueError, match="no"):
            await either.write(breaks)
        assert not await ear.wait(0.01)
        await either.write(keep("woken"))
        assert await ear.wait(30)
        assert "woken" in await either.read(names)


async def test_a_database_that_stays_away_refuses_visibly_and_then_works_again(
    store: Store,
) -> None:
    blocker = store.engine.connect()
    blocker.exec_driver_sql("PRAGMA max_page_count = 1")
    blocker.close()

    def fill(tx: Transaction) -> None:
        tx.connection.exec_driver_sql("PRAGMA max_page_count = 1")
        tx.connection.execute(insert(SECRETS), {"name": "big", "value": b"x" * 10_000_000})

    with pytest.raises(StoreUnavailable, match="full"):
        await store.write(fill)
    with pytest.raises(StoreUnavailable, match="full"):
        await store.ping()

    def mend(tx: Transaction) -> None:
        tx.connection.exec_driver_sql("PRAGMA max_page_count = 1000000")

    await store.write(mend)
    await store.write(keep("after"))
    await store.ping()
    assert await store.read(names) == {"after"}


async def test_whatever_befalls_a_commit_the_writer_outlives_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(store.engine, "connect", lambda: 1 / 0)
        with pytest.raises(StoreUnavailable, match="division"):
            await store.write(keep("a"))
    await store.write(keep("b"))
    assert await store.read(names) == {"b"}


async def test_a_reader_sees_nothing_that_is_not_committed(either: Store) -> None:
    def look_inside(tx: Transaction) -> tuple[set[str], set[str]]:
        keep("new")(tx)
        return names(tx), either.read_now(names)

    inside, outside = await either.write(look_inside)
    assert (inside, outside) == ({"new"}, set())


async def test_sqlite_keeps_what_it_acknowledged(store: Store) -> None:
    pragmas = ("journal_mode", "synchronous", "foreign_keys")

    def look(tx: Transaction) -> list[object]:
        return [tx.connection.execute(text(f"PRAGMA {name}")).scalar() for name in pragmas]

    assert await store.read(look) == ["wal", 2, 1]


def test_a_second_owner_is_told_who_the_first_is(tmp_path: Path) -> None:
    script = (
        "import sys,time,pathlib\n"
        "from dispatch_core.records.ownership import Ownership\n"
        "Ownership(pathlib.Path(sys.argv[1])).take(); print('taken', flush=True)\n"
        "sys.stdin.read()\n"
    )
    database = tmp_path / "s.db"
    first = subprocess.Popen(
        [sys.executable, "-c", script, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    assert first.stdout is not None
    assert first.stdout.readline() == b"taken\n"
    with pytest.raises(StoreInUse, match=str(first.pid)):
        Ownership(database).take()
    first.kill()
    first.communicate()
    second = Ownership(database)
    second.take()
    second.release()


def test_a_schema_of_a_later_version_is_refused_in_words(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/s.db")
    with pytest.raises(SchemaMismatch, match="dispatch db upgrade"):
        schema.check(store.engine)
    schema.upgrade(store.engine)
    schema.check(store.engine)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaMismatch, match="9999"):
        schema.upgrade(store.engine)
    store.engine.dispose()


def test_the_migrations_make_the_tables_that_the_code_declares(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlmodel import SQLModel

    store = Store(f"sqlite:///{tmp_path}/s.db")
    schema.upgrade(store.engine)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, SQLModel.metadata)
    store.engine.dispose()
    assert differences == []


def test_times_are_kept_in_utc() -> None:
    assert utc_now().utcoffset() is not None
