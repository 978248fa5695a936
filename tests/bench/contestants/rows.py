"""A look at Dispatch's rows past Dispatch: is anything unfinished, and is everything there?"""

import sqlite3
import time
from pathlib import Path
from typing import Any

import psycopg

# As the partial index has it, word for word, so that a look costs nothing.
UNFINISHED = (
    "SELECT EXISTS (SELECT 1 FROM run WHERE status NOT IN ('cancelled', 'completed', 'failed'))"
)
LOOK_SECONDS = 0.03


class Rows:
    """A connection of its own to the database of a Dispatch."""

    def __init__(self, folder: Path, conninfo: str = "") -> None:
        self._connection: Any
        if conninfo:
            self._connection = psycopg.connect(conninfo, autocommit=True)
        else:
            # Looked at in another thread than the one that opened it.
            self._connection = sqlite3.connect(folder / "dispatch.db", check_same_thread=False)

    def close(self) -> None:
        self._connection.close()

    def one(self, query: str) -> Any:
        """The one value of a query."""
        return self._connection.execute(query).fetchone()[0]

    def do(self, statement: str) -> None:
        """Change rows, and commit."""
        self._connection.execute(statement)
        self._connection.commit()

    def wait_for_the_end(self) -> float:
        """Return, and when, as time.perf_counter tells it, once no run is unfinished."""
        while self.one(UNFINISHED):
            time.sleep(LOOK_SECONDS)
        return time.perf_counter()

    def wait_for(self, query: str, value: int) -> None:
        """Return once the query tells this value."""
        while self.one(query) != value:
            time.sleep(LOOK_SECONDS)

    def check(self, runs: int) -> None:
        """Each run has ended well, with its step, its thread and its two entries."""
        expected = {
            "SELECT count(*) FROM run WHERE status = 'completed' AND answer <> ''": runs,
            "SELECT count(*) FROM step WHERE status = 'done'": runs,
            "SELECT count(*) FROM message": runs,
            "SELECT count(*) FROM entry": 2 * runs,
            "SELECT count(*) FROM thread": runs,
        }
        found = {query: self.one(query) for query in expected}
        assert found == expected, found

    def check_durability(self) -> None:
        """The same for all contestants: a commit is on the disk."""
        if isinstance(self._connection, sqlite3.Connection):
            assert self.one("PRAGMA journal_mode") == "wal"
        else:
            assert self.one("SHOW synchronous_commit") == "on"
