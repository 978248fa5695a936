"""What migrations are made of. A migration that has landed is never changed, nor are these."""

import sqlalchemy as sa
from alembic import op


def enum(name: str, values: str) -> sa.Enum:
    """A column of these values, given with spaces between, kept by CHECK on both databases."""
    return sa.Enum(*values.split(), name=name, native_enum=False, create_constraint=True, length=24)


def partial_index(name: str, table: str, columns: list[str], where: str, *, unique: bool) -> None:
    """Make an index over the rows for which the condition holds."""
    condition = sa.text(where)
    op.create_index(
        name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition
    )
