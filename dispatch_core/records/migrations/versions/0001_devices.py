"""Devices, what pairs them, and the installation's keys."""

import sqlalchemy as sa
from alembic import op

from dispatch_core.records.migrations.parts import partial_index

revision = "0001"
down_revision = None


def _device() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("capabilities", sa.JSON(), nullable=False),
        sa.Column("permissions", sa.JSON(), nullable=False),
        sa.Column("wider", sa.JSON()),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("notice_key", sa.String(), nullable=False),
        sa.Column("paired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_device"),
    )
    partial_index("uq_device_name", "device", ["owner", "name"], "revoked_at IS NULL", unique=True)


def _pairing_code() -> None:
    op.create_table(
        "pairing_code",
        sa.Column("code_sha256", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("notice_key", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("code_sha256", name="pk_pairing_code"),
    )
    op.create_index("ix_pairing_code_owner", "pairing_code", ["owner"], unique=False)


def _nonce() -> None:
    op.create_table(
        "nonce",
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "nonce", name="pk_nonce"),
    )
    op.create_index("ix_nonce_seen_at", "nonce", ["seen_at"], unique=False)


def _secret() -> None:
    op.create_table(
        "secret",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secret"),
    )


def upgrade() -> None:
    """Go forward."""
    _device()
    _pairing_code()
    _nonce()
    _secret()
