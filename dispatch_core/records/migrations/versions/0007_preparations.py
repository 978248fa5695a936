"""What a device said to a step before it was done stands beside the step."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Go forward.

    What was asked for or begun before counts as prepared with nothing bound: its device finds that
    this is not what would run there, does not run it, and it is asked for again.
    """
    op.add_column("step", sa.Column("preparation", sa.JSON(), nullable=True))
    op.execute(
        """
        UPDATE step SET preparation = '{"verdict": "ask", "reasons": []}'
        WHERE (status = 'planned' AND id IN (SELECT step_id FROM approval))
            OR (status = 'started' AND tool IN ('shell', 'read_file', 'list_folder'))
        """
    )
