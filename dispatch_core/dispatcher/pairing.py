"""Devices as people see them: paired by a code, confirmed, removed."""

import hashlib
import secrets
from base64 import urlsafe_b64decode
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from dispatch_core.device_views import DeviceView, PairingOffer
from dispatch_core.dispatcher.room import Room
from dispatch_core.errors import (
    DeviceNameTaken,
    NotFound,
    NotYours,
    PairingRefused,
    TooManyPairings,
)
from dispatch_core.lifecycle import ACTIVE, EndReason, StepStatus
from dispatch_core.planning.fences import quoted
from dispatch_core.protocol import PAIRING_ALPHABET, PairReply, PairRequest, StepResult
from dispatch_core.protocol import key_fingerprint as fingerprint
from dispatch_core.records import approvals, devices, runs, shown, steps, threads
from dispatch_core.records.transaction import Transaction

CODE_LENGTH = 8
CODE_SECONDS = 600
MOST_OPEN_CODES = 3
KEY_BYTES = 32


class Pairing(Room):
    """The verbs by which devices come and go."""

    async def devices(self, person: str) -> tuple[DeviceView, ...]:
        """A person's paired devices, oldest first."""

        def look(tx: Transaction) -> tuple[DeviceView, ...]:
            return tuple(shown.device_view(tx, row) for row in devices.of_owner(tx, person))

        return await self.store.read(look)

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

    async def confirm_device(self, device_id: str, person: str) -> DeviceView:
        """Take what a device reports beyond what was confirmed; raises NotFound, NotYours."""
        return await self.store.write(partial(_confirm, device_id, person))

    async def remove_device(self, device: str, person: str) -> DeviceView:
        """Revoke a device, by id or name, and end its work at once; raises NotFound, NotYours."""
        return await self.store.write(partial(_remove, device, person))

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
        thread_id = threads.find_or_make(tx, code.notice_key)
        threads.say(tx, thread_id, _welcome(request, device), device_id=device_id)
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
    allowed = [name for name, on in device.permissions.items() if on] or ["nothing yet"]
    folders = request.capabilities.reachableFolders or ("none",)
    lines = [
        f"**{device.name}** ({quoted(device.platform)}) is paired with you.",
        f"- key fingerprint: `{fingerprint(device.public_key)}`",
        f"- may: {', '.join(allowed)}",
        f"- folders: {', '.join(map(quoted, folders))}",
    ]
    end = "It does nothing until you confirm it." if not device.confirmed else ""
    return "\n".join([*lines, "", f"{end} If this was not you, remove it.".strip()])


def _owned(tx: Transaction, device: str, person: str) -> Any:
    row = devices.named(tx, device, person)
    if row is None:
        raise NotFound(what="device named", name=device)
    if row.owner != person:
        raise NotYours(who="its owner", action="change this device")
    return row


def _confirm(device_id: str, person: str, tx: Transaction) -> DeviceView:
    row = _owned(tx, device_id, person)
    values: dict[str, Any] = {"confirmed": True, "wider": None}
    if row.wider is not None:
        values |= {name: row.wider[name] for name in ("capabilities", "permissions")}
    devices.change(tx, row.id, values)
    threads.touch_messages_about(tx, row.id)
    devices.wake(tx, row.id)
    return shown.device_view(tx, devices.get(tx, row.id))


def _remove(device: str, person: str, tx: Transaction) -> DeviceView:
    row = _owned(tx, device, person)
    devices.revoke(tx, row.id)
    devices.wake(tx, row.id)
    answer = f"{row.name} was removed by its owner, so this run can't go on."
    for run in runs.of_device(tx, row.id):
        runs.end_if(tx, run.id, ACTIVE, EndReason.DENIED, answer=answer)
        approvals.withdraw_of_run(tx, run.id)
        steps.end_unfinished(tx, run.id, StepResult(status=StepStatus.INTERRUPTED, text=answer))
    threads.touch_messages_about(tx, row.id)
    return shown.device_view(tx, devices.get(tx, row.id))
