"""What a front end may see of a person's devices: frozen, as in views.py."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dispatch_core.abilities import Capabilities, Permissions


class Presence(StrEnum):
    """A device as the core's clock sees it."""

    NEVER = "never connected"
    ONLINE = "online"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A paired computer and how it is now, by the core's clock.

    awaits_confirmation lists, in words, what it reports beyond what its owner confirmed; offer
    names just that, for Confirm, and is empty where nothing waits.
    """

    id: str
    name: str
    owner: str
    platform: str
    fingerprint: str
    capabilities: Capabilities
    permissions: Permissions
    presence: Presence
    confirmed: bool
    paired_at: datetime
    last_seen_at: datetime | None = None
    awaits_confirmation: tuple[str, ...] = ()
    offer: str = ""
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """One of the devices that a run may be meant for."""

    id: str
    name: str
    presence: Presence


@dataclass(frozen=True, slots=True)
class PairingOffer:
    """A single-use code, until when it serves, and the whole command to type on the device."""

    code: str
    expires_at: datetime
    command: str


def offer_of(words: Sequence[str] = ()) -> str:
    """The name of what a person is shown to confirm; without words it is the device's first use.

    Together with what stands confirmed, the words say exactly what would be taken.
    """
    return hashlib.sha256(json.dumps(list(words)).encode()).hexdigest()[:32]
