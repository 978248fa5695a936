"""The schema goes forward with what is in it, by one at a time, and a misfit is said in words."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine as Database
from sqlalchemy import inspect, select, text

from dispatch_core.errors import SchemaMismatch, StoreInUse
from dispatch_core.lifecycle import ApprovalStatus, EndReason, RunStatus
from dispatch_core.planning.planner import Finish
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.records import schema
from dispatch_core.records.engines import open_engine as open_database
from dispatch_core.records.ownership import Ownership
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings
from dispatch_core.upgrade import upgrade_database
from dispatch_core.views import Decision
from tests.core import postgres
from tests.core.engine import ADA, Engine, decider, open_engine
from tests.core.records.released import RELEASED, fill, reflected
from tests.core.records.stopping import until


@pytest.fixture
def empty(home: Path, request: pytest.FixtureRequest, database_kind: str) -> str:
    """The URL of a database of either kind with nothing in it."""
    if database_kind == "sqlite":
        return f"sqlite:///{home}/dispatch.db"
    return postgres.new_database(request.getfixturevalue("postgres_server"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def kept(database: Database, columns: dict[str, list[str]]) -> dict[str, list[Any]]:
    """What stands in these columns of these tables."""
    tables = reflected(database)
    with database.connect() as connection:
        return {
            name: sorted(
                map(repr, connection.execute(select(*[tables[name].c[c] for c in wanted])))
            )
            for name, wanted in columns.items()
        }


@asynccontextmanager
async def migrated(home: Path, url: str) -> AsyncIterator[Engine]:
    database = open_database(url)
    fill(database)
    columns = {name: list(table.c.keys()) for name, table in reflected(database).items()}
    before = kept(database, columns)
    schema.upgrade(database)
    assert kept(database, columns) == before
    schema.check(database)
    database.dispose()
    async with open_engine(home, database_url=url) as engine:
        yield engine


async def test_what_a_released_version_kept_is_kept_and_worked_on(home: Path, empty: str) -> None:
    async with migrated(home, empty) as engine:
        shown = await engine.dispatcher.thread("T1:C1:1")
        assert [entry.position for entry in shown] == list(range(1, 8))
        engine.clock.move(seconds=1)
        assert await engine.upkeep.recover_lost() == 1
        await engine.dispatcher.decide("a3", Decision.APPROVE, decider(ADA))
        # They are of one thread, so they go in the order of their messages.
        work = await engine.claim()
        assert work.claim.run_id == "r2"
        await engine.desk.finish(work.claim, Finish(EndReason.DONE, "hello"))
        order = await engine.order("d1", 0)
        assert order is not None
        assert (order.run_id, order.arguments) == ("r3", {"command": "echo hi"})
        assert (await engine.dispatcher.approval("a3")).status is ApprovalStatus.APPROVED
        new = await engine.ask("hello again", thread="T1:C1:2")
        claimed = await engine.desk.claim("w", 5)
        assert new in {work.claim.run_id for work in claimed}
        assert (await engine.dispatcher.run("r1")).status is RunStatus.COMPLETED


def test_the_migrations_make_the_tables_that_the_code_declares_on_both(empty: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlmodel import SQLModel

    database = open_database(empty)
    schema.upgrade(database)
    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, SQLModel.metadata)
    database.dispose()
    assert differences == []


async def test_two_upgrades_at_once_are_one(home: Path, postgres_server: Path) -> None:
    url = postgres.new_database(postgres_server)
    fill(database := open_database(url))
    others = [open_database(url) for _ in range(3)]
    await asyncio.gather(*[asyncio.to_thread(schema.upgrade, other) for other in others])
    schema.check(database)
    for each in (database, *others):
        each.dispose()


async def test_an_upgrade_waits_for_another_and_then_finds_nothing_to_do(
    postgres_server: Path,
) -> None:
    url = postgres.new_database(postgres_server)
    first, second = open_database(url), open_database(url)
    blocked = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    with first.connect() as connection:
        schema._be_the_only_one(connection)
        command.upgrade(schema._config(connection), "head")
        waiting = asyncio.create_task(asyncio.to_thread(schema.upgrade, second))
        await until(lambda: bool(connection.scalar(blocked)))
        connection.commit()
    await waiting
    schema.check(second)
    first.dispose()
    second.dispose()


@pytest.mark.parametrize(
    ("revision", "words"),
    [
        (RELEASED, rf"is {RELEASED} and this version needs .*; run `dispatch db upgrade`\.$"),
        ("9999", r"is 9999 and this version needs .*; install the version of Dispatch that made"),
    ],
)
async def test_a_server_does_not_start_on_a_postgresql_that_does_not_fit(
    home: Path, postgres_server: Path, revision: str, words: str
) -> None:
    url = postgres.new_database(postgres_server)
    database = open_database(url)
    schema.upgrade(database)
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :is"), {"is": revision})
    before = inspect(database).get_table_names()
    settings = CoreSettings(home=home, http_port=0, database_url=url)
    service = Service(settings, ApprovalRules())
    with pytest.raises(SchemaMismatch, match=words):
        await service.start()
    await service.stop()
    assert inspect(database).get_table_names() == before
    database.dispose()


async def test_a_server_does_not_make_the_tables_of_a_postgresql_by_itself(
    home: Path, postgres_server: Path
) -> None:
    url = postgres.new_database(postgres_server)
    service = Service(CoreSettings(home=home, http_port=0, database_url=url), ApprovalRules())
    with pytest.raises(SchemaMismatch, match="dispatch db upgrade"):
        await service.start()
    await service.stop()


def test_an_embedded_database_that_is_in_use_is_not_upgraded(home: Path) -> None:
    owner = Ownership(home / "dispatch.db")
    owner.take()
    with pytest.raises(StoreInUse):
        upgrade_database(CoreSettings(home=home))
    owner.release()
    assert upgrade_database(CoreSettings(home=home)) == schema.newest()
