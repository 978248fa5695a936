"""Lines that people write to a running step."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "step_input",
        sa.Column("step_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("message_key", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("step_id", "sequence", name="pk_step_input"),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name="fk_step_input_step_id"),
    )
    op.create_index("uq_step_input_once", "step_input", ["message_key", "line"], unique=True)
