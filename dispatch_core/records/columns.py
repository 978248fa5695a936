"""What every table shares: ids, UTC times, enums stored by value, names of constraints."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import uuid_utils
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Dialect,
    Enum,
    Index,
    Table,
    TypeDecorator,
    literal_column,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal
from sqlmodel import SQLModel

# One naming scheme, so that Alembic can name and later drop every constraint on both databases.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> str:
    """A UUIDv7 in 32 hex digits: made before the insert, sortable by time."""
    return uuid_utils.uuid7().hex


class UtcDateTime(TypeDecorator[datetime]):
    """A time in UTC on both databases; a naive time is refused rather than guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; SQLite keeps no zone, so none is given to it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone reached the database")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give every time its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _values(members: type[StrEnum]) -> Sequence[str]:
    return [member.value for member in members]


def enum_column(members: type[StrEnum], name: str) -> Enum:
    """A column that stores the member's value and refuses any other, by CHECK."""
    settings: dict[str, Any] = {"native_enum": False, "create_constraint": True, "length": 24}
    return Enum(members, name=name, values_callable=_values, **settings)


def quoted(members: Sequence[StrEnum]) -> str:
    """Enum values as an SQL list, for CHECK constraints and partial indexes."""
    return ", ".join(f"'{member.value}'" for member in sorted(members))


def written(value: str) -> ColumnElement[Any]:
    """A constant of ours, such as a member of an enum, written into the statement."""
    return literal_column(f"'{value}'")


def stands_at(column: ColumnElement[Any], *members: StrEnum) -> ColumnElement[bool]:
    """Whether an enum column holds one of these values, written into the statement.

    A bound value would not let the database see that a partial index has the rows; nor does SQLite
    see it in a list of one.
    """
    if len(members) == 1:
        return column == written(members[0].value)
    return column.in_([written(member.value) for member in sorted(members)])


def stands_not_at(column: ColumnElement[Any], *members: StrEnum) -> ColumnElement[bool]:
    """Whether an enum column holds none of these values, written in as for stands_at."""
    return column.not_in([written(member.value) for member in sorted(members)])


def filtered_to(column: ColumnElement[Any], *members: StrEnum) -> ColumnElement[bool]:
    """The same as stands_at, told so that no partial index is taken for it.

    PostgreSQL thinks that an index of what is under way is nearly empty, if it was when ANALYZE
    came by; it would then read all of it for each row of another table.
    """
    hidden = column.op("||")(literal_column("''"))
    return hidden.in_([written(member.value) for member in sorted(members)])


class OnlySqlite(ColumnElement[bool]):
    """A condition that PostgreSQL is not told of, since it would take the wrong index for it."""

    # By these, statements that hold it are compiled once and kept.
    inherit_cache = True
    _traverse_internals = [("condition", InternalTraversal.dp_clauseelement)]  # noqa: RUF012

    def __init__(self, condition: ColumnElement[bool]) -> None:
        self.condition = condition


@compiles(OnlySqlite)
def _leave_out(_element: OnlySqlite, _compiler: SQLCompiler, **_options: Any) -> str:
    return "true"


@compiles(OnlySqlite, "sqlite")
def _keep(element: OnlySqlite, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.condition, **options)


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over the rows for which the condition holds, on both databases."""
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def table(name: str) -> Table:
    """A declared table by its name, for Core statements."""
    return SQLModel.metadata.tables[name]
