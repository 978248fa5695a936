"""Indexes of runs leave out what nobody looks for by them: each row costs at every insert."""

from alembic import op

from dispatch_core.records.migrations.parts import partial_index

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Go forward."""
    for name, column in (("ix_run_finished", "finished_at"), ("ix_run_device_id", "device_id")):
        op.drop_index(name, table_name="run")
        partial_index(name, "run", [column], f"{column} IS NOT NULL", unique=False)
    # As wide as ix_run_active, which SQLite would not prefer to a narrower one.
    op.drop_index("ix_run_thread", table_name="run")
    op.create_index("ix_run_thread", "run", ["thread_id", "asked_at"], unique=False)
