"""Approvals tell their reasons and can be edited; votes, lasting grants and an audit trail."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from dispatch_core.records.migrations.parts import enum

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Go forward; what was asked for before has no reasons, and can't be edited or granted."""
    _widen_approvals()
    _make_votes()
    _make_grants()
    _make_audit()


def _widen_approvals() -> None:
    columns: tuple[sa.Column[Any], ...] = (
        *(sa.Column(n, sa.JSON(), nullable=False, server_default="[]") for n in _LISTS),
        sa.Column("preview", sa.Text(), nullable=False, server_default=""),
        sa.Column("grant_key", sa.Text()),
        sa.Column("grant_words", sa.Text()),
        sa.Column("editable", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("written_by", sa.String()),
        sa.Column("replaced_by", sa.String()),
        sa.Column("scope", sa.String()),
        sa.Column("granted_until", sa.DateTime(timezone=True)),
    )
    for column in columns:
        op.add_column("approval", column)


_LISTS = ("reasons", "programs", "authors")


def _make_votes() -> None:
    op.create_table(
        "vote",
        sa.Column("approval_id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("scope", enum("vote_scope", "once thread always"), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("voted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("approval_id", "person", name="pk_vote"),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name="fk_vote_approval_id"),
    )


def _make_grants() -> None:
    op.create_table(
        "grant",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("thread_id", sa.String()),
        sa.Column("key_sha256", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("tool", sa.String(), nullable=False),
        sa.Column("approval_id", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_by", sa.String()),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_grant"),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_grant_device_id"),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by IS NULL)", name="ck_grant_a_person_revokes"
        ),
        sa.CheckConstraint("uses >= 0", name="ck_grant_uses_are_counted"),
    )
    op.create_index("ix_grant_covering", "grant", ["device_id", "key_sha256"], unique=False)
    op.create_index("ix_grant_made_by", "grant", ["made_by"], unique=False)


def _make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person", sa.String()),
        sa.Column("subjects", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_audit_head"),
        sa.CheckConstraint("name = 'head'", name="ck_audit_head_there_is_one_head"),
    )
