"""The records, read by SQL and by SQL alone: the judge trusts no verb of what it judges."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

UNFINISHED = ("queued", "running", "waiting_approval")
OLDEST = """
    SELECT coalesce(extract(epoch FROM max(statement_timestamp() - queued_at)), 0)
    FROM run WHERE status = 'queued' AND desk = 'core'
"""


@dataclass(frozen=True, slots=True)
class Rows:
    """A database by the folder of its server's socket and its name."""

    folder: Path
    name: str

    def all(self, query: str) -> list[dict[str, Any]]:
        """Every row of a query; raises psycopg.Error where the database is away."""
        address = f"host={self.folder} user=dispatch dbname={self.name} connect_timeout=5"
        with psycopg.connect(address, autocommit=True, row_factory=dict_row) as connection:
            connection.execute("SET default_transaction_read_only = on")
            connection.execute("SET statement_timeout = '20s'")
            return connection.execute(query).fetchall()

    def wait_for_any(self, query: str, seconds: float) -> bool:
        """Return at the very moment when the query has a row; False after so many seconds."""
        address = f"host={self.folder} user=dispatch dbname={self.name} connect_timeout=5"
        until = time.monotonic() + seconds
        with psycopg.connect(address, autocommit=True) as connection:
            while time.monotonic() < until:
                if connection.execute(query).fetchone():
                    return True
        return False

    def table(self, name: str) -> list[dict[str, Any]]:
        """A whole table, in the order of its ids."""
        return self.all(f'SELECT * FROM "{name}" ORDER BY id')  # noqa: S608 (names of ours)

    def number(self, query: str) -> float:
        """The one number that a query gives."""
        [row] = self.all(query)
        return float(next(iter(row.values())))

    def unfinished(self) -> int:
        """How many runs have no end yet."""
        return int(self.number(f"SELECT count(*) FROM run WHERE status IN {UNFINISHED}"))  # noqa: S608

    def unshown(self) -> int:
        """How many entries are newer than what their threads show."""
        return int(self.number("SELECT count(*) FROM entry WHERE announced < revision"))

    def oldest_queued(self) -> float:
        """For how many seconds the oldest run has waited for a worker of the core."""
        return self.number(OLDEST)
