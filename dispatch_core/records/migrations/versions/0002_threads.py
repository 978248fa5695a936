"""Threads and what people and Dispatch say in them."""

import sqlalchemy as sa
from alembic import op

from dispatch_core.records.migrations.parts import enum, partial_index

revision = "0002"
down_revision = "0001"


def _thread() -> None:
    op.create_table(
        "thread",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("next_position", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_thread"),
        sa.UniqueConstraint("key", name="uq_thread_key"),
    )


def _entry() -> None:
    op.create_table(
        "entry",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("thread_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", enum("entry_kind", "message run approval artifact"), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("announced", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String()),
        sa.Column("attempt", sa.String()),
        sa.PrimaryKeyConstraint("id", name="pk_entry"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name="fk_entry_thread_id"),
        sa.UniqueConstraint("subject_id", name="uq_entry_subject_id"),
        sa.CheckConstraint("announced <= revision", name="ck_entry_announced_what_is"),
    )
    partial_index("ix_entry_unannounced", "entry", ["id"], "announced < revision", unique=False)
    op.create_index("uq_entry_place", "entry", ["thread_id", "position"], unique=True)


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("thread_id", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("message_key", sa.String()),
        sa.Column("run_id", sa.String()),
        sa.Column("device_id", sa.String()),
        sa.Column("queued_behind", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name="fk_message_thread_id"),
        sa.UniqueConstraint("message_key", name="uq_message_message_key"),
    )
    op.create_index("ix_message_run_id", "message", ["run_id"], unique=False)
    op.create_index("ix_message_thread_id", "message", ["thread_id"], unique=False)


def _file() -> None:
    op.create_table(
        "file",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("thread_id", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mime_type", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sha256", sa.String()),
        sa.PrimaryKeyConstraint("id", name="pk_file"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name="fk_file_thread_id"),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_file_message_id"),
    )
    op.create_index("ix_file_message_id", "file", ["message_id"], unique=False)
    op.create_index("ix_file_thread_id", "file", ["thread_id"], unique=False)


def upgrade() -> None:
    """Go forward."""
    _thread()
    _entry()
    _message()
    _file()
