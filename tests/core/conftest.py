"""The engine that the core's tests drive, on both databases."""

from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest

from dispatch_core.records import schema
from dispatch_core.records.engines import open_engine as open_database
from tests.core import postgres
from tests.core.engine import Clock, Engine, open_engine


@pytest.fixture(scope="session")
def session_postgres() -> Iterator[postgres.Server]:
    """The PostgreSQL that the tests of one session share, one test after the other."""
    # What a killed server wrote is safe with the system, so no disk need be waited for.
    with postgres.serving("-c", "fsync=off") as started:
        yield started


@pytest.fixture
def postgres_server(session_postgres: postgres.Server) -> Path:
    """The folder of a running PostgreSQL."""
    return session_postgres.folder


@pytest.fixture
def postgresql(session_postgres: postgres.Server) -> Iterator[postgres.Server]:
    """A running PostgreSQL that the test may stop or crash; it runs again afterwards."""
    yield session_postgres
    if session_postgres.process is None:
        session_postgres.start()


@pytest.fixture(scope="session")
def migrated(session_postgres: postgres.Server) -> str:
    """The URL of a database that is up to date."""
    url = postgres.new_database(session_postgres.folder)
    engine = open_database(url)
    schema.upgrade(engine)
    engine.dispose()
    return url


@pytest.fixture
def postgres_database(migrated: str, postgresql: postgres.Server) -> str:
    """The URL of a PostgreSQL database that is up to date and empty."""
    postgres.empty(migrated)
    return migrated


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The URL of a new database, of either kind; empty for SQLite in the home."""
    if request.param == "sqlite":
        return ""
    return str(request.getfixturevalue("postgres_database"))


@pytest.fixture
async def engine(home: Path, database: str) -> AsyncIterator[Engine]:
    """The core's rooms over a new database: each test that asks for it runs on both."""
    async with open_engine(home, database_url=database) as opened:
        yield opened


@pytest.fixture
async def processes(home: Path, postgres_database: str) -> AsyncIterator[tuple[Engine, Engine]]:
    """Two processes' worth of the core's rooms, over one new PostgreSQL database.

    A test may hold one of them in the middle of a transaction for as long as it takes.
    """
    patient = "-c%20idle_in_transaction_session_timeout%3D0%20-c%20lock_timeout%3D0"
    clock, url = Clock(), f"{postgres_database}&options={patient}"
    async with (
        open_engine(home, database_url=url, clock=clock) as one,
        open_engine(home, database_url=url, clock=clock) as other,
    ):
        other.numbers = count(1_000_000)
        yield one, other
