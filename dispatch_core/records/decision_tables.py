"""What people decided: votes, lasting grants, and the audit trail of both."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, Text
from sqlmodel import Field, SQLModel

from dispatch_core.lifecycle import Scope
from dispatch_core.records.columns import UtcDateTime, enum_column, new_id, table
from dispatch_core.records.device_tables import DEVICE_ID


class Vote(SQLModel, table=True):
    """One person's yes to an approval; via is the person or the group that gave them the right."""

    approval_id: str = Field(foreign_key="approval.id", primary_key=True)
    person: str = Field(primary_key=True)
    via: str
    scope: Scope = Field(sa_type=enum_column(Scope, "vote_scope"))
    until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    voted_at: datetime = Field(sa_type=UtcDateTime)


class Grant(SQLModel, table=True):
    """A standing approval on one device, in one thread or in all; its end is never left out.

    thread_id and approval_id outlive what they name: a grant is not forgotten with its run.
    """

    __table_args__ = (
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="a_person_revokes"),
        CheckConstraint("uses >= 0", name="uses_are_counted"),
        Index("ix_grant_covering", "device_id", "key_sha256"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    device_id: str = Field(foreign_key=DEVICE_ID)
    thread_id: str | None = None
    key_sha256: str
    words: str = Field(sa_type=Text)
    tool: str
    approval_id: str
    made_by: str = Field(index=True)
    made_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_by: str | None = None
    uses: int = 0
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Audit(SQLModel, table=True):
    """One line of the audit trail; hash covers the rest of it, previous included."""

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    kind: str
    person: str | None = None
    subjects: dict[str, Any] = Field(sa_type=JSON)
    facts: dict[str, Any] = Field(sa_type=JSON)
    previous: str
    hash: str


class AuditHead(SQLModel, table=True):
    """The trail's end, which every process locks before it appends."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("name = 'head'", name="there_is_one_head"),)

    name: str = Field(primary_key=True)
    seq: int
    hash: str


VOTES, GRANTS, AUDIT, AUDIT_HEAD = map(table, ("vote", "grant", "audit", "audit_head"))
