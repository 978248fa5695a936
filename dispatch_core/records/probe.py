"""Writes a row to learn whether the database takes writes, and reads which schema it has."""

from functools import cache

from sqlalchemy import insert, text, update

from dispatch_core.records import schema
from dispatch_core.records.shared_tables import LEASES
from dispatch_core.records.transaction import Transaction

# Its row is a lease that nobody waits for.
NAME = "readiness"
needed = cache(schema.newest)


def write(tx: Transaction) -> str:
    """Write one row, unless the schema is a foreign one; returns the schema's revision."""
    found: str | None = tx.connection.scalar(text("SELECT version_num FROM alembic_version"))
    if found == needed():
        _write_row(tx)
    return found or "none"


def _write_row(tx: Transaction) -> None:
    values = {"owner": NAME, "until": tx.now}
    done = tx.connection.execute(update(LEASES).where(LEASES.c.name == NAME).values(values))
    if not done.rowcount:
        tx.connection.execute(insert(LEASES), {"name": NAME, **values})
