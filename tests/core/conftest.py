"""The engine that the core's tests drive, on both databases."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.core import postgres
from tests.core.engine import Engine, open_engine


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Path]:
    """The folder of a running PostgreSQL."""
    with postgres.server() as folder:
        yield folder


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The URL of a new database, of either kind; empty for SQLite in the home."""
    if request.param == "sqlite":
        return ""
    return postgres.new_database(request.getfixturevalue("postgres_server"))


@pytest.fixture
async def engine(home: Path, database: str) -> AsyncIterator[Engine]:
    """The core's rooms over a new database: each test that asks for it runs on both."""
    async with open_engine(home, database_url=database) as opened:
        yield opened
