"""The limits of this machine: how often its disk syncs, and what bare databases commit."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.bench.places import Place, Places, conninfo_of
from tests.bench.progress import say
from tests.bench.sizes import Sizes
from tests.bench.tables import table

PAGE = b"\1" * 4_096
PAGES = 64
ROWS = (1, 100)
TEXT = "x" * 200
SCHEMA = "CREATE TABLE line (id INTEGER PRIMARY KEY, text TEXT NOT NULL)"


def measure(places: Places, sizes: Sizes) -> str:
    """A table of rates, each of one writer that waits for each commit."""
    rows = []
    with places.new("sqlite") as place:
        with _file(place.folder) as sync:
            rows.append(_rate("fdatasync after writing 4 KB", sync, 1, sizes))
        with _sqlite(place.folder) as commit:
            rows += [_rate(_named("sqlite3", n), _bound(commit, n), n, sizes) for n in ROWS]
    with places.new("postgresql") as place, _postgres(place) as commit:
        rows += [_rate(_named("PostgreSQL", n), _bound(commit, n), n, sizes) for n in ROWS]
    return table(["what", "a second", "rows a second"], rows)


def _named(database: str, rows: int) -> str:
    return f"{database}, commits of {rows} row{'s' if rows > 1 else ''}"


def _bound(commit: Callable[[int], None], rows: int) -> Callable[[], None]:
    return lambda: commit(rows)


def _rate(name: str, work: Callable[[], None], rows: int, sizes: Sizes) -> list[str]:
    done, begun = 0, time.perf_counter()
    while (spent := time.perf_counter() - begun) < sizes.limit_seconds:
        work()
        done += 1
    say(f"  {name}: {done / spent:.0f} a second")
    return [name, f"{done / spent:,.0f}", f"{done * rows / spent:,.0f}" if "row" in name else ""]


@contextmanager
def _file(folder: Path) -> Iterator[Callable[[], None]]:
    file = os.open(folder / "pages", os.O_CREAT | os.O_RDWR)
    os.write(file, PAGE * PAGES)
    os.fsync(file)
    turn = iter(range(1 << 62))

    def sync() -> None:
        os.pwrite(file, PAGE, len(PAGE) * (next(turn) % PAGES))
        os.fdatasync(file)

    try:
        yield sync
    finally:
        os.close(file)


@contextmanager
def _sqlite(folder: Path) -> Iterator[Callable[[int], None]]:
    connection = sqlite3.connect(folder / "limits.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(SCHEMA)

    def commit(rows: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO line (text) VALUES (?)", [(TEXT,)] * rows)
        connection.execute("COMMIT")

    try:
        yield commit
    finally:
        connection.close()


@contextmanager
def _postgres(place: Place) -> Iterator[Callable[[int], None]]:
    with psycopg.connect(conninfo_of(place.url), autocommit=True) as connection:
        cursor: psycopg.Cursor[Any] = connection.cursor()
        cursor.execute(SCHEMA.replace("INTEGER PRIMARY KEY", "bigserial PRIMARY KEY"))

        def commit(rows: int) -> None:
            cursor.execute("INSERT INTO line (text) SELECT unnest(%s::text[])", [[TEXT] * rows])

        yield commit
