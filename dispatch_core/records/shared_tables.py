"""What the processes of one installation share: who holds which lease, and the files' bytes."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from dispatch_core.records.columns import UtcDateTime, table


class Lease(SQLModel, table=True):
    """A task that one process does at a time, such as announcing; free once `until` is past."""

    name: str = Field(primary_key=True)
    owner: str
    until: datetime = Field(sa_type=UtcDateTime)


class BlobPiece(SQLModel, table=True):
    """A piece of a file's bytes, where processes share a database and not a disk."""

    __tablename__ = "blob_piece"

    sha256: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)
    stored_at: datetime = Field(sa_type=UtcDateTime)


LEASES, BLOB_PIECES = map(table, ("lease", "blob_piece"))
