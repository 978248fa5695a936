"""Tasks that are done at their times."""

import sqlalchemy as sa
from alembic import op

from dispatch_core.records.migrations.parts import enum, partial_index

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "schedule",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("thread_key", sa.String(), nullable=False),
        sa.Column("message_key", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("timetable", sa.JSON(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("missed", enum("schedule_missed", "catch_up skip"), nullable=False),
        sa.Column("status", enum("schedule_status", "active paused done removed"), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True)),
        sa.Column("last_at", sa.DateTime(timezone=True)),
        sa.Column("last_run_id", sa.String()),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_schedule"),
        sa.UniqueConstraint("message_key", name="uq_schedule_message_key"),
        sa.UniqueConstraint("message_id", name="uq_schedule_message_id"),
        sa.CheckConstraint(
            "(status = 'active') = (next_at IS NOT NULL)", name="ck_schedule_active_has_a_time"
        ),
        sa.CheckConstraint(
            "(status IN ('done', 'removed')) = (ended_at IS NOT NULL)",
            name="ck_schedule_an_end_has_a_time",
        ),
    )
    op.create_index("ix_schedule_owner", "schedule", ["owner"], unique=False)
    partial_index(
        "ix_schedule_due", "schedule", ["next_at", "id"], "status = 'active'", unique=False
    )
