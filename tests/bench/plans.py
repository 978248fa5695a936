"""Overhears the statements that reach a database, and asks the database how it answers them."""

import re
import sqlite3
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from dispatch_core.records.commits import BY_KEY
from dispatch_core.records.writer import THREAD as WRITER_THREAD

LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+\b|%\(\w+\)s(?:::\w+)?|\$\d+|\?")
LIST = re.compile(r"\(\s*\?(?:\s*,\s*\?)+\s*\)")
EXPLAINABLE = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
LARGE = 5_000
"""A table of more rows than this is large; a small one is read whole for good reason."""
SHOWN = 110


@dataclass
class Heard:
    """A statement with its values, and the verb that sent it."""

    verb: str
    statement: str
    values: Any = None
    is_written: bool = False


@dataclass
class Listener:
    """Hears every statement of this process while `verb` is set, by whatever way it is sent."""

    verb: str = ""
    heard: dict[tuple[str, str], Heard] = field(default_factory=dict)

    def __post_init__(self) -> None:
        event.listen(Engine, "connect", self._on_connect)
        self._overhear_psycopg()

    def _on_connect(self, connection: Any, _record: object) -> None:
        raw = getattr(connection, "driver_connection", connection)
        if isinstance(raw, sqlite3.Connection):
            # SQLite tells each statement with its values in their places.
            raw.set_trace_callback(self._note)

    def _overhear_psycopg(self) -> None:
        for name in ("execute", "executemany"):
            plain = getattr(psycopg.Cursor, name)

            def overheard(
                cursor: Any,
                query: Any,
                params: Any = None,
                *rest: Any,
                plain: Any = plain,
                **kw: Any,
            ) -> Any:
                values = params
                if plain.__name__ == "executemany":
                    params = list(params)
                    values = params[0] if params else None
                text = query.decode() if isinstance(query, bytes) else str(query)
                self._note(text, values)
                return plain(cursor, query, params, *rest, **kw)

            setattr(psycopg.Cursor, name, overheard)

    def _note(self, statement: str, values: Any = None) -> None:
        if self.verb and statement.lstrip().upper().startswith(EXPLAINABLE):
            key = (self.verb, shape(statement))
            is_written = threading.current_thread().name == WRITER_THREAD
            self.heard.setdefault(key, Heard(self.verb, statement, values, is_written))


def shape(statement: str) -> str:
    """The statement without its values, on one line."""
    return LIST.sub("(…)", LITERAL.sub("?", " ".join(statement.split())))


def explained(listener: Listener, home: Path, conninfo: str) -> list[dict[str, Any]]:
    """For each statement: its verb, its shape, its plan, and the large tables it reads whole."""
    heard, listener.verb = list(listener.heard.values()), ""
    explain = _Postgres(conninfo) if conninfo else _Sqlite(home / "dispatch.db")
    told = [
        {"verb": one.verb, "statement": shape(one.statement)[:SHOWN], **explain.plan(one)}
        for one in heard
    ]
    # The server's time, a NOTIFY: nothing is read for them.
    return [one for one in told if one["plan"] not in ([], ["Result"], ["SCAN CONSTANT ROW"])]


def meant(name: str, statement: str) -> str:
    """The table that a name in a plan stands for: itself, unless it is an alias."""
    found = re.search(rf"(\w+) AS {name}\b", statement)
    return found[1] if found else name


class _Sqlite:
    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)

    def plan(self, heard: Heard) -> dict[str, Any]:
        rows = self._connection.execute(f"EXPLAIN QUERY PLAN {heard.statement}").fetchall()
        lines = [str(row[3]) for row in rows]
        scanned = {
            meant(line.split()[1], heard.statement)
            for line in lines
            if self._reads_all(line.split())
        }
        return {"plan": lines, "scans": sorted(name for name in scanned if self._is_large(name))}

    def _reads_all(self, line: list[str]) -> bool:
        """A scan of a table or of an index that is not partial; what is no table has no rows."""
        if line[0] != "SCAN" or "VIRTUAL" in line or not line[1].isidentifier():
            return False
        if "INDEX" not in line:
            return True
        name = line[line.index("INDEX") + 1]
        made = self._connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,))
        return "WHERE" not in str((made.fetchone() or ("",))[0])

    def _is_large(self, name: str) -> bool:
        query = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
        if not self._connection.execute(query, (name,)).fetchone()[0]:
            return False
        query = f"SELECT count(*) FROM (SELECT 1 FROM {name} LIMIT {LARGE + 1})"  # noqa: S608
        return bool(self._connection.execute(query).fetchone()[0] > LARGE)


class _Postgres:
    def __init__(self, conninfo: str) -> None:
        self._reading, self._writing = (
            psycopg.connect(conninfo, autocommit=True, cursor_factory=psycopg.ClientCursor)
            for _ in range(2)
        )
        self._writing.execute(BY_KEY.encode())

    def plan(self, heard: Heard) -> dict[str, Any]:
        query = f"EXPLAIN (COSTS OFF) {heard.statement}"
        connection = self._writing if heard.is_written else self._reading
        rows = connection.execute(query.encode(), heard.values).fetchall()
        lines = [str(row[0]).strip().removeprefix("->").strip() for row in rows]
        found = [re.match(r"(?:Parallel )?Seq Scan on (\w+)", line) for line in lines]
        scanned = {match[1] for match in found if match}
        return {"plan": lines, "scans": sorted(name for name in scanned if self._is_large(name))}

    def _is_large(self, name: str) -> bool:
        query = "SELECT reltuples FROM pg_class WHERE relname = %s"
        row = self._reading.execute(query, (name,)).fetchone()
        return row is None or row[0] > LARGE
