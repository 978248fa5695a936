"""Many rows in one statement: they travel as one JSON parameter, so its text never changes.

Measured on SQLite, 64 rows at a time: as fast as the driver's executemany, but a statement of this
kind can compare, set and return as well, and PostgreSQL answers it in one round trip.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ClauseElement,
    ColumnElement,
    CursorResult,
    Dialect,
    FromClause,
    String,
    Table,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from dispatch_core.records.transaction import Transaction

Types = Mapping[str, TypeEngine[Any] | type[TypeEngine[Any]]]


class Rowset:
    """The rows as a table of the statement; `rows["name"]` is a column of it."""

    def __init__(self, source: FromClause, columns: Mapping[str, ColumnElement[Any]]) -> None:
        self.source = source
        self._columns = columns

    def __getitem__(self, name: str) -> ColumnElement[Any]:
        return self._columns[name]


class Many:
    """One statement over many rows.

    columns gives each value's name and type in the order of the tuples; build makes the statement
    of the rows. It is compiled once for each kind of database and sent as text from then on, which
    halves its cost; what comes back is as the driver gives it, so it has no times or enums.
    """

    def __init__(self, columns: Types, build: Callable[[Rowset], ClauseElement]) -> None:
        self._columns = columns
        self._build = build
        self._compiled: dict[str, tuple[str, Sequence[str] | None]] = {}

    def __call__(
        self, tx: Transaction, rows: Sequence[tuple[Any, ...]], **given: datetime
    ) -> CursorResult[Any]:
        """Run it; given are the times that all rows share."""
        dialect = tx.connection.dialect
        sql, order = self._compiled.get(dialect.name) or self._compile(dialect)
        stored = _STORED[dialect.name]
        sent = {name: stored(time) for name, time in given.items()}
        sent["rows"] = self._sent(dialect.name, rows)
        parameters = sent if order is None else tuple(sent[name] for name in order)
        return tx.connection.exec_driver_sql(sql, parameters)

    def _compile(self, dialect: Dialect) -> tuple[str, Sequence[str] | None]:
        statement = self._build(_ROWSETS[dialect.name](self._columns))
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 (no DDL is built of rows)
        done = self._compiled[dialect.name] = (compiled.string, compiled.positiontup)
        return done

    def _sent(self, dialect: str, rows: Sequence[Any]) -> str:
        """The rows as JSON: arrays for SQLite, objects for PostgreSQL."""
        if dialect != "sqlite":
            rows = [dict(zip(self._columns, row, strict=True)) for row in rows]
        text = _ENCODERS[dialect](rows)
        # Neither database keeps a NUL, nor UTF-8 half a surrogate pair.
        if "\\u0000" in text:
            text = _ESCAPED.sub(lambda found: found[1] or "␀", text)
        return text if text.isascii() else text.encode("utf-8", "replace").decode()


def adding(table: Table, columns: Types, **same: ColumnElement[Any]) -> Many:
    """Insert rows of these columns; same gives those that are alike in all of them."""

    def build(rows: Rowset) -> ClauseElement:
        values = [rows[name].label(name) for name in columns]
        alike = [value.label(name) for name, value in same.items()]
        every = select(*values, *alike).select_from(rows.source)
        return insert(table).from_select([*columns, *same], every, include_defaults=False)

    return Many(columns, build)


def values_of(ids: Iterable[str]) -> list[tuple[str]]:
    """Single values as rows of one column."""
    return [(one,) for one in ids]


def _sqlite_rowset(columns: Types) -> Rowset:
    source = func.json_each(bindparam("rows", type_=String)).table_valued("value", name="given")
    found: dict[str, ColumnElement[Any]] = {}
    for place, (name, kind) in enumerate(columns.items()):
        # JSON stays JSON; anything else comes out as the value that it is.
        arrow = source.c.value.op("->" if _is_json(kind) else "->>")
        found[name] = type_coerce(arrow(literal_column(str(place))), kind)
    return Rowset(source, found)


def _postgresql_rowset(columns: Types) -> Rowset:
    typed = [column(name, kind) for name, kind in columns.items()]
    source = (
        func.json_to_recordset(cast(bindparam("rows", type_=String), JSON()))
        .table_valued(*typed)
        .render_derived(name="given", with_types=True)
    )
    return Rowset(source, {name: source.c[name] for name in columns})


_ROWSETS = {"sqlite": _sqlite_rowset, "postgresql": _postgresql_rowset}


def _is_json(kind: TypeEngine[Any] | type[TypeEngine[Any]]) -> bool:
    return kind is JSON or isinstance(kind, JSON)


def _stored_with(zone: str) -> Callable[[object], str]:
    """Turns a time into the text that the database keeps, or reads, for it."""

    def stored(value: object) -> str:
        if not isinstance(value, datetime):
            raise TypeError(f"{type(value).__name__} has no place in a row")
        instant = value if value.tzinfo is UTC else value.astimezone(UTC)
        return instant.isoformat(" ", "microseconds").removesuffix("+00:00") + zone

    return stored


_STORED = {"sqlite": _stored_with(""), "postgresql": _stored_with("+00:00")}
_ENCODERS = {
    dialect: json.JSONEncoder(default=stored, ensure_ascii=False, separators=(",", ":")).encode
    for dialect, stored in _STORED.items()
}
# An escaped backslash comes first, so that what follows one is not taken for an escape.
_ESCAPED = re.compile(r"(\\\\)|\\u0000")
