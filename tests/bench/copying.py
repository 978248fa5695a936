"""Copies rows many times inside a database; n is the number of a copy in every expression."""

import sqlite3
from enum import Enum, auto
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.bench.places import Place, conninfo_of

PERSON, PEOPLE = "T1:U1", 200
KEY, CHANNELS = "T1:C1:", 500
SECONDS = 60 * 86_400
"""How far back the oldest copy lies: well within retention."""


class Copied(Enum):
    """What becomes of a column in a copy."""

    AS_IT_IS = auto()
    OWN_ID = auto()
    KEY = auto()
    PERSON = auto()
    EARLIER = auto()


class Database:
    """What both databases have in common; r is the real row."""

    name = ""
    number = ""
    """A query of all n, with the count in it."""

    def execute(self, statement: str) -> Any:
        raise NotImplementedError

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows, the oldest first."""
        return [dict(row) for row in self.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()]  # noqa: S608

    def copy(
        self, table: str, columns: dict[str, Copied], thread: str, hundredths: range, count: int
    ) -> None:
        """Copy a thread's rows; of each hundred numbers, those in the range."""
        source = "r.run_id" if table in ("step", "approval", "artifact") else "r.thread_id"
        source = "r.id" if table == "thread" else source
        of_thread = (
            f"{source} IN (SELECT id FROM real_run WHERE thread_id = '{thread}')"  # noqa: S608
            if source == "r.run_id"
            else f"{source} = '{thread}'"
        )
        made = ", ".join(self.made(name, how, count) for name, how in columns.items())
        names = ", ".join(f'"{name}"' for name in columns)
        self.execute(
            f"INSERT INTO {table} ({names}) {self.number.format(count=count)} "  # noqa: S608
            f"SELECT {made} FROM numbers CROSS JOIN real_{table} r WHERE {of_thread} "
            f"AND n % 100 BETWEEN {hundredths.start} AND {hundredths.stop - 1}"
        )

    def made(self, column: str, how: Copied, count: int) -> str:
        """The expression of a copied column."""
        name = f'r."{column}"'
        if how is Copied.OWN_ID:
            return f"{self.padded()} || substr({name}, 13)"
        if how is Copied.KEY:
            key = f"'T1:C' || (n % {CHANNELS}) || ':' || n || '.001'"
            return f"CASE WHEN {name} IS NULL THEN NULL ELSE {key} END"
        if how is Copied.PERSON:
            person = f"'T1:U' || (n % {PEOPLE})"
            return f"CASE WHEN {name} = '{PERSON}' THEN {person} ELSE {name} END"
        return self.earlier(name, count) if how is Copied.EARLIER else name

    def padded(self) -> str:
        """n in twelve hexadecimal digits: a UUIDv7 begins so, with a much later time."""
        raise NotImplementedError

    def earlier(self, name: str, count: int) -> str:
        """A time, so much earlier that all copies spread evenly over SECONDS."""
        raise NotImplementedError

    def prepare(self, tables: tuple[str, ...]) -> None:
        """Set the real rows aside, and drop what can be built at once at the end."""
        self.execute("UPDATE entry SET announced = revision, ref = '1700000000.000100'")
        for name in tables:
            self.execute(f"CREATE TEMP TABLE real_{name} AS SELECT * FROM {name}")  # noqa: S608
        self.dropped = self.indexes()
        for name in self.dropped:
            self.execute(f'DROP INDEX "{name}"')

    def indexes(self) -> dict[str, str]:
        """The statement that makes each index that stands behind no constraint."""
        raise NotImplementedError

    def settle(self) -> None:
        """Build the indexes again, let the database learn what it holds, and close."""
        for statement in self.dropped.values():
            self.execute(statement)


class Sqlite(Database):
    """SQLite in a place's folder."""

    name = "SQLite"
    number = (
        "WITH RECURSIVE numbers(n) AS "
        "(SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})"
    )

    def __init__(self, place: Place) -> None:
        self._connection = sqlite3.connect(place.folder / "dispatch.db", isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        for pragma in ("synchronous=OFF", "cache_size=-500000", "foreign_keys=OFF"):
            self.execute(f"PRAGMA {pragma}")

    def execute(self, statement: str) -> Any:
        return self._connection.execute(statement)

    def padded(self) -> str:
        return "printf('%012x', n)"

    def earlier(self, name: str, count: int) -> str:
        back = f"'-' || (({count} - n) * {SECONDS / count:.6f}) || ' seconds'"
        return f"strftime('%Y-%m-%d %H:%M:%f', {name}, {back}) || '000'"

    def indexes(self) -> dict[str, str]:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        return {row["name"]: row["sql"] for row in self.execute(query)}

    def settle(self) -> None:
        super().settle()
        self.execute("ANALYZE")
        # What is left in the log would be the first commit's to bring home.
        self.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()


class Postgres(Database):
    """A PostgreSQL database."""

    name = "PostgreSQL"
    number = "WITH numbers AS MATERIALIZED (SELECT generate_series(1, {count}) AS n)"

    def __init__(self, place: Place) -> None:
        self._connection: psycopg.Connection[dict[str, Any]] = psycopg.connect(
            conninfo_of(place.url), autocommit=True, row_factory=dict_row
        )
        for setting in (
            "synchronous_commit = off",
            "session_replication_role = replica",
            "maintenance_work_mem = '512MB'",
            "work_mem = '128MB'",
        ):
            self.execute(f"SET {setting}")

    def execute(self, statement: str) -> Any:
        return self._connection.execute(statement.encode())

    def padded(self) -> str:
        return "lpad(to_hex(n), 12, '0')"

    def earlier(self, name: str, count: int) -> str:
        return f"{name} - (({count} - n) * {SECONDS / count:.6f}) * interval '1 second'"

    def indexes(self) -> dict[str, str]:
        query = (
            "SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS sql "
            "FROM pg_index WHERE indrelid IN "
            "(SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace) "
            "AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)"
        )
        return {row["name"]: row["sql"] for row in self.execute(query).fetchall()}

    def settle(self) -> None:
        super().settle()
        self.execute("VACUUM ANALYZE")
        self.execute("CHECKPOINT")
        self._connection.close()
