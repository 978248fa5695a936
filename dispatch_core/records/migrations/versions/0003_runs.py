"""Runs and what hangs on them."""

import sqlalchemy as sa
from alembic import op

from dispatch_core.records.migrations.parts import enum, partial_index

revision = "0003"
down_revision = "0002"


RUN: tuple[sa.schema.SchemaItem, ...] = (
    sa.Column("id", sa.String(), nullable=False),
    sa.Column("thread_id", sa.String(), nullable=False),
    sa.Column("requester", sa.String(), nullable=False),
    sa.Column("title", sa.String(), nullable=False),
    sa.Column("request", sa.Text(), nullable=False),
    sa.Column(
        "route",
        enum("run_route", "cloud-knowledge cloud-code desktop-local inline"),
        nullable=False,
    ),
    sa.Column("route_reason", sa.Text(), nullable=False),
    sa.Column(
        "status",
        enum("run_status", "queued running waiting_approval completed failed cancelled"),
        nullable=False,
    ),
    sa.Column(
        "reason",
        enum(
            "run_reason",
            "done error timed_out rejected approval_expired stopped worker_lost "
            "device_offline denied",
        ),
    ),
    sa.Column("activity", sa.String(), nullable=False),
    sa.Column("output", sa.Text(), nullable=False),
    sa.Column("answer", sa.Text(), nullable=False),
    sa.Column("answer_apart", sa.Boolean(), nullable=False),
    sa.Column("desk", sa.String(), nullable=False),
    sa.Column("device_wish", sa.String()),
    sa.Column("device_id", sa.String()),
    sa.Column("owner", sa.String()),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("losses", sa.Integer(), nullable=False),
    sa.Column("lease_until", sa.DateTime(timezone=True)),
    sa.Column("timeout_seconds", sa.Float(), nullable=False),
    sa.Column("time_zone", sa.String(), nullable=False),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("started_at", sa.DateTime(timezone=True)),
    sa.Column("finished_at", sa.DateTime(timezone=True)),
    sa.Column("stop_requested_at", sa.DateTime(timezone=True)),
    sa.Column("stopped_by", sa.String()),
    sa.Column("retry_of", sa.String()),
    sa.Column("request_key", sa.String()),
    sa.PrimaryKeyConstraint("id", name="pk_run"),
    sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name="fk_run_thread_id"),
    sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_run_device_id"),
    sa.UniqueConstraint("request_key", name="uq_run_request_key"),
    sa.CheckConstraint(
        "(status IN ('cancelled', 'completed', 'failed')) = (reason IS NOT NULL AND "
        "finished_at IS NOT NULL)",
        name="ck_run_an_end_has_a_reason",
    ),
    sa.CheckConstraint(
        "(status = 'running') = (owner IS NOT NULL AND lease_until IS NOT NULL)",
        name="ck_run_running_is_leased",
    ),
)


def _run() -> None:
    op.create_table("run", *RUN)
    partial_index(
        "ix_run_active",
        "run",
        ["thread_id", "asked_at"],
        "status NOT IN ('cancelled', 'completed', 'failed')",
        unique=False,
    )
    op.create_index("ix_run_device_id", "run", ["device_id"], unique=False)
    op.create_index("ix_run_finished", "run", ["finished_at"], unique=False)
    partial_index("ix_run_leased", "run", ["lease_until"], "status = 'running'", unique=False)
    partial_index(
        "ix_run_queued", "run", ["desk", "queued_at", "id"], "status = 'queued'", unique=False
    )
    op.create_index("ix_run_requester", "run", ["requester", "asked_at"], unique=False)
    op.create_index("ix_run_thread", "run", ["thread_id"], unique=False)
    partial_index("uq_run_one_running", "run", ["thread_id"], "status = 'running'", unique=True)


def _step() -> None:
    op.create_table(
        "step",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("tool", sa.String(), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column(
            "status",
            enum(
                "step_status", "planned started done failed refused stopped timed_out interrupted"
            ),
            nullable=False,
        ),
        sa.Column("result", sa.JSON()),
        sa.Column("progress_sequence", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_step"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_step_run_id"),
    )
    op.create_index("uq_step_place", "step", ["run_id", "position"], unique=True)


APPROVAL: tuple[sa.schema.SchemaItem, ...] = (
    sa.Column("id", sa.String(), nullable=False),
    sa.Column("run_id", sa.String(), nullable=False),
    sa.Column("step_id", sa.String(), nullable=False),
    sa.Column(
        "status",
        enum("approval_status", "pending approved rejected expired withdrawn"),
        nullable=False,
    ),
    sa.Column("title", sa.String(), nullable=False),
    sa.Column("description", sa.Text(), nullable=False),
    sa.Column("payload", sa.Text(), nullable=False),
    sa.Column("desk", sa.String(), nullable=False),
    sa.Column("device_id", sa.String()),
    sa.Column("device_owner", sa.String()),
    sa.Column("requester", sa.String(), nullable=False),
    sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("remind_at", sa.DateTime(timezone=True)),
    sa.Column("decided_at", sa.DateTime(timezone=True)),
    sa.Column("decided_by", sa.String()),
    sa.Column("decision_reason", sa.Text()),
    sa.PrimaryKeyConstraint("id", name="pk_approval"),
    sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_approval_run_id"),
    sa.ForeignKeyConstraint(["step_id"], ["step.id"], name="fk_approval_step_id"),
    sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_approval_device_id"),
    sa.UniqueConstraint("step_id", name="uq_approval_step_id"),
    sa.CheckConstraint(
        "(status = 'pending') = (decided_at IS NULL)", name="ck_approval_a_decision_has_a_time"
    ),
    sa.CheckConstraint(
        "(status IN ('approved', 'rejected')) = (decided_by IS NOT NULL)",
        name="ck_approval_a_person_decides",
    ),
)


def _approval() -> None:
    op.create_table("approval", *APPROVAL)
    partial_index(
        "ix_approval_pending", "approval", ["expires_at"], "status = 'pending'", unique=False
    )
    op.create_index("ix_approval_run_id", "approval", ["run_id"], unique=False)


def _artifact() -> None:
    op.create_table(
        "artifact",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("step_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("mime_type", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_artifact"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_artifact_run_id"),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name="fk_artifact_step_id"),
        sa.CheckConstraint("size_bytes >= 0", name="ck_artifact_size_is_not_negative"),
    )
    op.create_index("ix_artifact_run_id", "artifact", ["run_id"], unique=False)
    op.create_index("ix_artifact_sha256", "artifact", ["sha256"], unique=False)
    op.create_index("uq_artifact_once", "artifact", ["step_id", "name", "sha256"], unique=True)


def upgrade() -> None:
    """Go forward."""
    _run()
    _step()
    _approval()
    _artifact()
