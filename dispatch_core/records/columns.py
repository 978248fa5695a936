"""Column kinds that every table shares: ids, UTC times, and enums stored by value."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import uuid_utils
from sqlalchemy import DateTime, Dialect, Enum, TypeDecorator


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
