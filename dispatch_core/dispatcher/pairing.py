"""A device is paired by a code that serves once, and its owner is told of it."""

import hashlib
import secrets
from base64 import urlsafe_b64decode
from datetime import datetime, timedelta
from functools import partial

from dispatch_core.abilities import Capability, Permission
from dispatch_core.audit_trail import AuditKind
from dispatch_core.device_errors import DeviceNameTaken, PairingRefused, TooManyPairings
from dispatch_core.device_views import PairingOffer, offer_of
from dispatch_core.dispatcher.room import Room
from dispatch_core.planning.fences import quoted
from dispatch_core.protocol import PAIRING_ALPHABET, PairReply, PairRequest
from dispatch_core.records import audit, devices, threads
from dispatch_core.records.transaction import Transaction
from dispatch_core.signing import key_fingerprint as fingerprint

CODE_LENGTH = 8
CODE_SECONDS = 600
MOST_OPEN_CODES = 3
KEY_BYTES = 32
NOTHING = ["nothing yet"]


class Pairing(Room):
    """The verbs by which devices come."""

    async def offer_pairing(self, person: str, notice_key: str) -> PairingOffer:
        """A single-use code for this person; notice_key is where they are told of its use.

        Raises TooManyPairings.
        """
        code = "".join(secrets.choice(PAIRING_ALPHABET) for _ in range(CODE_LENGTH))

        def offer(tx: Transaction) -> datetime:
            if (count := devices.open_codes(tx, person)) >= MOST_OPEN_CODES:
                raise TooManyPairings(count=count)
            expires_at = tx.now + timedelta(seconds=CODE_SECONDS)
            devices.add_code(tx, _hash(code), person, notice_key, expires_at)
            return expires_at

        expires_at = await self.store.write(offer)
        command = f"dispatch-device pair {self.parts.links.base_url} {code}"
        return PairingOffer(code, expires_at, command)

    async def redeem(self, request: PairRequest) -> PairReply:
        """Pair a device with its asker's code; raises PairingRefused, DeviceNameTaken."""
        return await self.store.write(partial(self._redeem, request))

    def _redeem(self, request: PairRequest, tx: Transaction) -> PairReply:
        code_hash, key = _hash(_typed(request.code)), _raw_key(request.public_key)
        code = devices.use_code(tx, code_hash)
        if code is None:
            return _paired_before(tx, code_hash, key)
        if devices.named(tx, request.name, code.owner) is not None:
            raise DeviceNameTaken(name=request.name)
        device = devices.NewDevice(
            owner=code.owner,
            name=request.name,
            platform=request.platform,
            public_key=key,
            capabilities=request.capabilities.model_dump(mode="json"),
            permissions=request.permissions.model_dump(mode="json"),
            confirmed=not self.settings.device_confirm,
            notice_key=code.notice_key,
        )
        device_id = devices.add(tx, device)
        facts = request.model_dump(mode="json", exclude={"code"})
        facts["fingerprint"] = fingerprint(key)
        audit.note(tx, AuditKind.DEVICE_PAIRED, code.owner, {"device_id": device_id}, facts)
        thread_id = threads.find_or_make(tx, code.notice_key)
        text = _welcome(request, device)
        threads.say(tx, thread_id, text, device_id=device_id, confirms=offer_of())
        return PairReply(device_id=device_id, name=device.name, confirmed=device.confirmed)


def _paired_before(tx: Transaction, code_hash: str, key: bytes) -> PairReply:
    """The same answer again for a device whose first one was lost; raises PairingRefused."""
    row = devices.paired_by(tx, code_hash, key)
    if row is None:
        raise PairingRefused
    return PairReply(device_id=row.id, name=row.name, confirmed=row.confirmed)


def _typed(code: str) -> str:
    return code.strip().upper().replace("-", "")


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _raw_key(encoded: str) -> bytes:
    try:
        key = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except ValueError:
        raise PairingRefused from None
    if len(key) != KEY_BYTES:
        raise PairingRefused
    return key


def _welcome(request: PairRequest, device: devices.NewDevice) -> str:
    can = [one.value for one in Capability if request.capabilities.has(one)] or NOTHING
    may = [one.value for one in Permission if request.permissions.allows(one)] or NOTHING
    folders = ", ".join(map(quoted, request.capabilities.reachableFolders)) or "none"
    lines = [
        f"**{device.name}** ({quoted(device.platform)}) is paired with you.",
        f"- key fingerprint: `{fingerprint(device.public_key)}`",
        f"- can: {', '.join(can)}",
        f"- may: {', '.join(may)}",
        f"- folders: {folders}",
    ]
    ends = [] if device.confirmed else ["It does nothing until you confirm it."]
    if may == NOTHING:
        ends.append("Say there what it may do, for example `dispatch-device permit shell`.")
    return "\n".join([*lines, "", " ".join([*ends, "If this was not you, remove it."])])
