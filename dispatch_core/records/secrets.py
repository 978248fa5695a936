"""Keys that all processes of an installation share."""

import secrets

from sqlalchemy import insert, select

from dispatch_core.records.device_tables import SECRETS
from dispatch_core.records.transaction import Transaction


def find_or_make(tx: Transaction, name: str) -> bytes:
    """The 32 random bytes kept under this name, made now where they are new."""
    value: bytes | None = tx.connection.scalar(
        select(SECRETS.c.value).where(SECRETS.c.name == name)
    )
    if value is None:
        value = secrets.token_bytes(32)
        tx.connection.execute(insert(SECRETS), {"name": name, "value": value})
    return value
