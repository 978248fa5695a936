"""What may be seen of a device: whether it is there, and what of it waits for its owner."""

from datetime import datetime, timedelta
from typing import Any

from dispatch_core.abilities import Capabilities, Permissions
from dispatch_core.device_views import DeviceView, Presence, offer_of
from dispatch_core.records.transaction import Transaction
from dispatch_core.signing import key_fingerprint

# A device polls every 25 s at the least, so one that is silent for longer than this is away.
AWAY_AFTER = timedelta(seconds=40)


def device_view(tx: Transaction, row: Any) -> DeviceView:
    """What may be seen of a device; presence is by the core's clock."""
    capabilities = Capabilities.model_validate(row.capabilities)
    permissions = Permissions.model_validate(row.permissions)
    return DeviceView(
        id=row.id,
        name=row.name,
        owner=row.owner,
        platform=row.platform,
        fingerprint=key_fingerprint(row.public_key),
        capabilities=capabilities,
        permissions=permissions,
        presence=presence(tx, row),
        confirmed=row.confirmed,
        paired_at=row.paired_at,
        last_seen_at=row.last_seen_at,
        awaits_confirmation=tuple((row.wider or {}).get("words", ())),
        offer=next(iter(offers(row)), ""),
        is_default=row.is_default,
    )


def offers(row: Any) -> list[str]:
    """What of this device its owner can confirm now, the whole first."""
    whole = [] if row.wider is None else [offer_of(row.wider["words"])]
    return whole if row.confirmed else [*whole, offer_of()]


def replaced(row: Any, offer: str | None) -> bool:
    """Whether a later notice tells what waits now, in the stead of the one with this offer."""
    tells_more = offer not in {None, offer_of()}
    return tells_more and row.wider is not None and offer not in offers(row)


def presence(tx: Transaction, row: Any) -> Presence:
    """Whether a device's row tells of one that is there."""
    if row.last_seen_at is None:
        return Presence.NEVER
    return Presence.ONLINE if row.last_seen_at >= live_since(tx) else Presence.OFFLINE


def live_since(tx: Transaction) -> datetime:
    """A device that was seen since then is there."""
    return tx.now - AWAY_AFTER
