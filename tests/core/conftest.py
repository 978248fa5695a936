"""The engine that the core's tests drive."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.core.engine import Engine, open_engine


@pytest.fixture
async def engine(home: Path) -> AsyncIterator[Engine]:
    """The core's rooms over a new database."""
    async with open_engine(home) as opened:
        yield opened
