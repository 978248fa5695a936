"""A person's default device, what a notice lets its owner confirm, and the choice of a device."""

import sqlalchemy as sa
from alembic import op

from dispatch_core.records.migrations.parts import partial_index

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Go forward; a notice of before confirms nothing: `/devices NAME` shows what waits now."""
    false = sa.text("false")
    column = sa.Column[bool]("is_default", sa.Boolean(), nullable=False, server_default=false)
    op.add_column("device", column)
    where = "is_default AND revoked_at IS NULL"
    partial_index("uq_device_default", "device", ["owner"], where, unique=True)
    op.add_column("message", sa.Column("confirms", sa.String(), nullable=True))
    op.add_column("run", sa.Column("choose_until", sa.DateTime(timezone=True), nullable=True))
    where = "choose_until IS NOT NULL AND status = 'waiting_approval'"
    partial_index("ix_run_choosing", "run", ["choose_until"], where, unique=False)
