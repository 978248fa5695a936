"""Devices, the codes that pair them and the nonces that their requests use up."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from dispatch_core.device_errors import DeviceNameTaken
from dispatch_core.records.columns import new_id
from dispatch_core.records.device_tables import DEVICES, NONCES, PAIRING_CODES
from dispatch_core.records.transaction import Transaction, desk_topic

# Any number of our own: processes that offer codes at the same moment count one after the other.
PAIRING_LOCK = 4_711_001


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
    """How many of a person's codes are neither used nor expired; no other is added meanwhile."""
    if tx.connection.dialect.name == "postgresql":
        tx.connection.execute(select(func.pg_advisory_xact_lock(PAIRING_LOCK)))
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
    """Keep a new device; returns its id. Raises DeviceNameTaken."""
    device_id = new_id()
    row = {name: getattr(device, name) for name in NewDevice.__slots__} | {
        "id": device_id,
        "is_default": False,
        "paired_at": tx.now,
    }
    with _own_name(tx, device.name):
        tx.connection.execute(insert(DEVICES), row)
    return device_id


def rename(tx: Transaction, device_id: str, name: str) -> None:
    """Give a device another name; raises DeviceNameTaken."""
    with _own_name(tx, name):
        change(tx, device_id, {"name": name})


@contextlib.contextmanager
def _own_name(tx: Transaction, name: str) -> Iterator[None]:
    """Another process may take the name between our look and our write."""
    try:
        with tx.connection.begin_nested():
            yield
    except IntegrityError:
        raise DeviceNameTaken(name=name) from None


def make_default(tx: Transaction, owner: str, device_id: str | None) -> None:
    """Let a person's work go to this device where they name none; None: to no one by itself."""
    mine = (DEVICES.c.owner == owner) & DEVICES.c.revoked_at.is_(None)
    others = mine & DEVICES.c.is_default
    tx.connection.execute(update(DEVICES).where(others).values(is_default=False))
    if device_id is not None:
        tx.connection.execute(
            update(DEVICES).where(mine, DEVICES.c.id == device_id).values(is_default=True)
        )


def find(tx: Transaction, device_id: str) -> Any | None:
    """The row of a device, revoked or not."""
    return tx.connection.execute(select(DEVICES).where(DEVICES.c.id == device_id)).one_or_none()


def paired(tx: Transaction, device_id: str) -> Any | None:
    """The row of a device that is paired and not revoked."""
    row = find(tx, device_id)
    return row if row is not None and row.revoked_at is None else None


def hold_paired(tx: Transaction, device_id: str) -> Any | None:
    """The same, and nobody else changes it before the transaction's end."""
    query = select(DEVICES).where(DEVICES.c.id == device_id, DEVICES.c.revoked_at.is_(None))
    return tx.connection.execute(query.with_for_update()).one_or_none()


def of_owner(tx: Transaction, owner: str) -> list[Any]:
    """The rows of a person's paired devices, oldest first."""
    return list(tx.connection.execute(_of_owner(owner)))


def keep_of_owner(tx: Transaction, owner: str) -> list[Any]:
    """The same, and none of them is removed before the transaction's end."""
    return list(tx.connection.execute(_of_owner(owner).with_for_update(read=True)))


def _of_owner(owner: str) -> Select[Any]:
    mine = (DEVICES.c.owner == owner) & DEVICES.c.revoked_at.is_(None)
    return select(DEVICES).where(mine).order_by(DEVICES.c.id)


def named(tx: Transaction, id_or_name: str, owner: str) -> Any | None:
    """The row of a paired device with this id, or of this owner with this name in any case.

    Nobody else changes it before the transaction's end.
    """
    query = select(DEVICES).where(
        DEVICES.c.revoked_at.is_(None),
        or_(
            DEVICES.c.id == id_or_name,
            (DEVICES.c.owner == owner) & (func.lower(DEVICES.c.name) == id_or_name.lower()),
        ),
    )
    # Versions before this one let names differ by case alone: the exact one is meant.
    rows = list(tx.connection.execute(query.with_for_update()))
    return min(rows, key=lambda row: id_or_name not in (row.id, row.name), default=None)


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
