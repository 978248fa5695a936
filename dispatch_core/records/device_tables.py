"""Devices, what pairs them and what their requests use up; and the installation's own keys."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary
from sqlmodel import Field, SQLModel

from dispatch_core.records.columns import UtcDateTime, new_id, partial_index, table

# What a row elsewhere points at.
DEVICE_ID = "device.id"


class Device(SQLModel, table=True):
    """A paired computer. What it reports beyond the confirmed stands in `wider` until confirmed."""

    __table_args__ = (
        partial_index("uq_device_name", "owner", "name", where="revoked_at IS NULL", unique=True),
        partial_index(
            "uq_device_default", "owner", where="is_default AND revoked_at IS NULL", unique=True
        ),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    owner: str
    name: str
    platform: str
    public_key: bytes = Field(sa_type=LargeBinary)
    capabilities: dict[str, Any] = Field(sa_type=JSON)
    permissions: dict[str, Any] = Field(sa_type=JSON)
    wider: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    confirmed: bool
    is_default: bool = False
    notice_key: str
    paired_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PairingCode(SQLModel, table=True):
    """A single-use code, kept as its SHA-256."""

    __tablename__ = "pairing_code"

    code_sha256: str = Field(primary_key=True)
    owner: str = Field(index=True)
    notice_key: str
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Nonce(SQLModel, table=True):
    """A nonce that a device's signed request has used up."""

    device_id: str = Field(primary_key=True)
    nonce: str = Field(primary_key=True)
    seen_at: datetime = Field(sa_type=UtcDateTime, index=True)


class Secret(SQLModel, table=True):
    """A key that every process of this installation shares, such as the one that signs links."""

    name: str = Field(primary_key=True)
    value: bytes = Field(sa_type=LargeBinary)


DEVICES, PAIRING_CODES, NONCES, SECRETS = map(table, ("device", "pairing_code", "nonce", "secret"))
