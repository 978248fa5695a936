"""A damaged database is told from one that is away for a while."""

import sqlite3
from pathlib import Path

import pytest

from dispatch_core.errors import StoreDamaged, StoreUnavailable
from dispatch_core.records.trouble import unavailable
from tests.core.engine import open_engine


@pytest.mark.parametrize("why", ["file is not a database", "database disk image is malformed"])
def test_what_no_waiting_mends_is_not_told_to_wait(why: str) -> None:
    told = unavailable(why)
    assert isinstance(told, StoreDamaged)
    assert "try again" not in str(told)
    assert "restore it from a backup" in str(told)


@pytest.mark.parametrize("why", ["database or disk is full", "connection refused"])
def test_what_may_pass_is_told_to_wait(why: str) -> None:
    told = unavailable(why)
    assert type(told) is StoreUnavailable
    assert str(told).endswith("try again soon.")


async def test_a_file_that_is_spoilt_while_it_is_open_is_told_as_damaged(home: Path) -> None:
    async with open_engine(home) as engine:
        file = home / "dispatch.db"
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        with file.open("r+b") as opened:
            opened.write(b"\xa5" * file.stat().st_size)
        with pytest.raises(StoreDamaged):
            await engine.ask()
        with pytest.raises(StoreDamaged):
            await engine.dispatcher.ready()
