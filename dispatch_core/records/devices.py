"""Devices, the codes that pair them and the nonces that their requests use up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from dispatch_core.records.columns import new_id
from dispatch_core.records.device_tables import DEVICES, NONCES, PAIRING_CODES
from dispatch_core.records.transaction import Transaction, desk_topic


@dataclass(frozen=True, slots=True)
class NewDevice:
    """What a device is paired with."""

    owner: str
    name: str
    platform: str
    public_key: bytes
    capabilities: dict[str, Any]
    permissions: dict[str, Any]
    confirmed: bool
    notice_key: str


def add_code(
    tx: Transaction, code_sha256: str, owner: str, notice_key: str, expires_at: datetime
) -> None:
    """Keep a single-use code for its asker."""
    row = {
        "code_sha256": code_sha256,
        "owner": owner,
        "notice_key": notice_key,
        "expires_at": expires_at,
    }
    tx.connection.execute(insert(PAIRING_CODES), row)


def open_codes(tx: Transaction, owner: str) -> int:
    """How many of a person's codes are neither used nor expired."""
    query = select(func.count()).where(
        PAIRING_CODES.c.owner == owner,
        PAIRING_CODES.c.used_at.is_(None),
        PAIRING_CODES.c.expires_at > tx.now,
    )
    return int(tx.connection.scalars(query).one())


def use_code(tx: Transaction, code_sha256: str) -> Any | None:
    """Use a code up: its row (owner, notice_key), or None where it is unknown, used or expired."""
    return tx.connection.execute(
        update(PAIRING_CODES)
        .where(
            PAIRING_CODES.c.code_sha256 == code_sha256,
            PAIRING_CODES.c.used_at.is_(None),
            PAIRING_CODES.c.expires_at > tx.now,
        )
        .values(used_at=tx.now)
        .returning(PAIRING_CODES.c.owner, PAIRING_CODES.c.notice_key)
    ).one_or_none()


def paired_by(tx: Transaction, code_sha256: str, public_key: bytes) -> Any | None:
    """The row of the paired device with this key, where this code, not yet expired, paired it."""
    query = (
        select(DEVICES)
        .join(PAIRING_CODES, PAIRING_CODES.c.used_at == DEVICES.c.paired_at)
        .where(
            PAIRING_CODES.c.code_sha256 == code_sha256,
            PAIRING_CODES.c.expires_at > tx.now,
            DEVICES.c.public_key == public_key,
            DEVICES.c.revoked_at.is_(None),
        )
    )
    return tx.connection.execute(query).first()


def add(tx: Transaction, device: NewDevice) -> str:
    """Keep a new device; returns its id."""
    device_id = new_id()
    row = {name: getattr(device, name) for name in NewDevice.__slots__} | {
        "id": device_id,
        "paired_at": tx.now,
    }
    tx.connection.execute(insert(DEVICES), row)
    return device_id


def get(tx: Transaction, device_id: str) -> Any | None:
    """The row of a device, revoked or not."""
    return tx.connection.execute(select(DEVICES).where(DEVICES.c.id == device_id)).one_or_none()


def paired(tx: Transaction, device_id: str) -> Any | None:
    """The row of a device that is paired and not revoked."""
    row = get(tx, device_id)
    return row if row is not None and row.revoked_at is None else None


def of_owner(tx: Transaction, owner: str) -> list[Any]:
    """The rows of a person's paired devices, oldest first."""
    query = (
        select(DEVICES)
        .where(DEVICES.c.owner == owner, DEVICES.c.revoked_at.is_(None))
        .order_by(DEVICES.c.id)
    )
    return list(tx.connection.execute(query))


def named(tx: Transaction, id_or_name: str, owner: str) -> Any | None:
    """The row of a paired device with this id, or of this owner with this name."""
    query = select(DEVICES).where(
        DEVICES.c.revoked_at.is_(None),
        or_(
            DEVICES.c.id == id_or_name,
            (DEVICES.c.owner == owner) & (DEVICES.c.name == id_or_name),
        ),
    )
    return tx.connection.execute(query).first()


def seen(tx: Transaction, device_id: str) -> datetime | None:
    """Note that a device was heard of now; returns when it was before."""
    before: datetime | None = tx.connection.scalar(
        select(DEVICES.c.last_seen_at).where(DEVICES.c.id == device_id)
    )
    tx.connection.execute(
        update(DEVICES).where(DEVICES.c.id == device_id).values(last_seen_at=tx.now)
    )
    return before


def change(tx: Transaction, device_id: str, values: Mapping[str, Any]) -> None:
    """Change what is known of a device."""
    tx.connection.execute(update(DEVICES).where(DEVICES.c.id == device_id).values(**values))


def revoke(tx: Transaction, device_id: str) -> bool:
    """Revoke a paired device; whether it was paired."""
    done = tx.connection.execute(
        update(DEVICES)
        .where(DEVICES.c.id == device_id, DEVICES.c.revoked_at.is_(None))
        .values(revoked_at=tx.now)
    )
    return bool(done.rowcount)


def wake(tx: Transaction, device_id: str) -> None:
    """Let a device that waits for work look again."""
    tx.signal(desk_topic(device_id))


def use_nonce(tx: Transaction, device_id: str, nonce: str) -> bool:
    """Use a nonce up; False where it was used before."""
    try:
        with tx.connection.begin_nested():
            row = {"device_id": device_id, "nonce": nonce, "seen_at": tx.now}
            tx.connection.execute(insert(NONCES), row)
    except IntegrityError:
        return False
    return True


def forget_old(tx: Transaction, keep: timedelta) -> None:
    """Drop nonces and codes that are too old to be accepted anyway."""
    tx.connection.execute(delete(NONCES).where(NONCES.c.seen_at < tx.now - keep))
    tx.connection.execute(delete(PAIRING_CODES).where(PAIRING_CODES.c.expires_at < tx.now - keep))
