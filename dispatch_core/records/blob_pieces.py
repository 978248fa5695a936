"""The bytes of files in pieces, where processes share a PostgreSQL and not a disk.

Pieces come before the row that stands on them, so an upload that is cut off leaves only what the
sweep takes. Whoever stores bytes again first renews their pieces: those are spared anew.
"""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import Select, delete, exists, insert, select, union, update

from dispatch_core.records.shared_tables import BLOB_PIECES
from dispatch_core.records.tables import ARTIFACTS, FILES
from dispatch_core.records.transaction import Transaction


def renew(tx: Transaction, sha256: str) -> set[int]:
    """Count the pieces of these bytes as stored now; returns their numbers, which begin at 0."""
    mine = BLOB_PIECES.c.sha256 == sha256
    stored = update(BLOB_PIECES).where(mine).values(stored_at=tx.now)
    return set(tx.connection.scalars(stored.returning(BLOB_PIECES.c.number)))


def put(tx: Transaction, sha256: str, number: int, content: bytes) -> None:
    """Store one piece, unless it is here."""
    place = {"sha256": sha256, "number": number}
    if not tx.connection.scalar(select(exists(_piece(sha256, number)))):
        row = {**place, "content": content, "stored_at": tx.now}
        tx.connection.execute(insert(BLOB_PIECES), row)


def get(tx: Transaction, sha256: str, number: int) -> bytes | None:
    """One piece; None beyond the last one, or where the bytes are gone."""
    found: bytes | None = tx.connection.scalar(_piece(sha256, number))
    return found


def in_use(tx: Transaction, hashes: Collection[str]) -> set[str]:
    """Which of these an artifact or an attached file stands on."""
    every = (select(t.c.sha256).where(t.c.sha256.in_(hashes)) for t in (ARTIFACTS, FILES))
    return set(tx.connection.scalars(union(*every)))


def unused(tx: Transaction, age: timedelta) -> list[str]:
    """The sha256 of what has a piece older than this age, and nothing stands on."""
    free = [~exists().where(t.c.sha256 == BLOB_PIECES.c.sha256) for t in (ARTIFACTS, FILES)]
    old = BLOB_PIECES.c.stored_at < tx.now - age
    return list(tx.connection.scalars(select(BLOB_PIECES.c.sha256).distinct().where(old, *free)))


def drop(tx: Transaction, sha256: str, age: timedelta) -> int:
    """Delete the pieces of these bytes that are still older than this age; returns how many."""
    old = BLOB_PIECES.c.stored_at < tx.now - age
    done = tx.connection.execute(delete(BLOB_PIECES).where(BLOB_PIECES.c.sha256 == sha256, old))
    return int(done.rowcount)


def _piece(sha256: str, number: int) -> Select[bytes]:
    return select(BLOB_PIECES.c.content).where(
        BLOB_PIECES.c.sha256 == sha256, BLOB_PIECES.c.number == number
    )
