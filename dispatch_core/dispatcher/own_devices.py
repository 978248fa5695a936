"""What people do with their devices: look at them, confirm, rename, prefer and remove them."""

import re
from functools import partial
from typing import Any

from dispatch_core.audit_trail import AuditKind
from dispatch_core.device_errors import (
    BadDeviceName,
    DeviceNameTaken,
    NothingToChoose,
    NothingToConfirm,
    ReportChanged,
)
from dispatch_core.device_views import DeviceView, offer_of
from dispatch_core.dispatcher.room import Room, run_or_refuse
from dispatch_core.errors import NotFound, NotYours
from dispatch_core.lifecycle import ACTIVE, CORE_DESK, EndReason, RunStatus, StepStatus
from dispatch_core.protocol import DEVICE_NAME, StepResult
from dispatch_core.records import (
    approvals,
    audit,
    devices,
    grants,
    runs,
    shown_devices,
    steps,
    threads,
)
from dispatch_core.records.transaction import Transaction
from dispatch_core.views import RunView

_WAITING = (RunStatus.WAITING_APPROVAL,)


class OwnDevices(Room):
    """The verbs of a device's owner; each takes the device's id or its name."""

    async def devices(self, person: str) -> tuple[DeviceView, ...]:
        """A person's paired devices, oldest first."""

        def look(tx: Transaction) -> tuple[DeviceView, ...]:
            return tuple(shown_devices.device_view(tx, row) for row in devices.of_owner(tx, person))

        return await self.store.read(look)

    async def confirm_device(self, device: str, person: str, offer: str) -> DeviceView:
        """Take exactly what this offer named (DeviceView.offer, MessageView.confirms).

        Raises ReportChanged where other things wait by now, NothingToConfirm, NotFound, NotYours.
        """
        return await self.store.write(partial(_confirm, device, person, offer))

    async def rename_device(self, device: str, person: str, name: str) -> DeviceView:
        """Give it another name; raises BadDeviceName, DeviceNameTaken, NotFound, NotYours."""
        return await self.store.write(partial(_rename, device, person, name.strip()))

    async def prefer_device(self, device: str, person: str, *, prefer: bool = True) -> DeviceView:
        """Make it the one that is meant where none is named, or no longer; NotFound, NotYours."""
        return await self.store.write(partial(_prefer, device, person, prefer))

    async def choose_device(self, run_id: str, device: str, person: str) -> RunView:
        """Say which device a run is meant for that waits for this; it goes on there.

        Raises NotYours, NothingToChoose, NotFound.
        """
        return await self.store.write(partial(_choose, run_id, device, person))

    async def remove_device(self, device: str, person: str) -> DeviceView:
        """Revoke it, and end its work at once; raises NotFound, NotYours."""
        return await self.store.write(partial(_remove, device, person))


def _owned(tx: Transaction, device: str, person: str) -> Any:
    row = devices.named(tx, device, person)
    if row is None:
        raise NotFound(what="device of yours named", name=device)
    if row.owner != person:
        raise NotYours(who="its owner", action="change this device")
    return row


def _confirm(device: str, person: str, offer: str, tx: Transaction) -> DeviceView:
    row = _owned(tx, device, person)
    waiting = shown_devices.offers(row)
    if not waiting:
        raise NothingToConfirm(name=row.name)
    if offer not in waiting:
        raise ReportChanged(name=row.name)
    values: dict[str, Any] = {"confirmed": True}
    if row.wider is not None and offer == offer_of(row.wider["words"]):
        values |= {name: row.wider[name] for name in ("capabilities", "permissions")}
        values["wider"] = None
    devices.change(tx, row.id, values)
    words = row.wider["words"] if row.wider and "wider" in values else []
    facts = {"name": row.name, "more": words}
    audit.note(tx, AuditKind.DEVICE_CONFIRMED, person, {"device_id": row.id}, facts)
    return _shown_anew(tx, row.id)


def _rename(device: str, person: str, name: str, tx: Transaction) -> DeviceView:
    if not re.fullmatch(DEVICE_NAME, name):
        raise BadDeviceName(name=name)
    row = _owned(tx, device, person)
    other = devices.named(tx, name, person)
    if other is not None and other.id != row.id:
        raise DeviceNameTaken(name=name)
    devices.rename(tx, row.id, name)
    return _shown_anew(tx, row.id)


def _prefer(device: str, person: str, prefer: bool, tx: Transaction) -> DeviceView:
    row = _owned(tx, device, person)
    if prefer or row.is_default:
        devices.make_default(tx, person, row.id if prefer else None)
    return shown_devices.device_view(tx, devices.find(tx, row.id))


def _choose(run_id: str, device: str, person: str, tx: Transaction) -> RunView:
    run = runs.hold(tx, run_id)
    if run.requester != person:
        raise NotYours(who="the person who asked", action="choose the device")
    if run.choose_until is None or run.status not in _WAITING:
        raise NothingToChoose
    wish = _owned(tx, device, person).name
    runs.queue_if(tx, run.id, _WAITING, CORE_DESK, device_wish=wish, choose_until=None)
    return run_or_refuse(tx, run.id)


def _shown_anew(tx: Transaction, device_id: str) -> DeviceView:
    """Its notices' buttons may have changed, and it may have work now."""
    threads.touch_messages_about(tx, device_id)
    devices.wake(tx, device_id)
    return shown_devices.device_view(tx, devices.find(tx, device_id))


def _remove(device: str, person: str, tx: Transaction) -> DeviceView:
    row = _owned(tx, device, person)
    for grant in grants.of_device(tx, row.id):
        grants.revoke(tx, grant.id, person)
    devices.revoke(tx, row.id)
    audit.note(tx, AuditKind.DEVICE_REMOVED, person, {"device_id": row.id}, {"name": row.name})
    answer = f"{row.name} was removed by its owner, so this run can't go on."
    for run in runs.of_device(tx, row.id):
        if runs.end_if(tx, run.id, ACTIVE, EndReason.DENIED, answer=answer):
            approvals.withdraw_of_run(tx, run.id, by=person)
            steps.end_unfinished(tx, run.id, StepResult(status=StepStatus.INTERRUPTED, text=answer))
    return _shown_anew(tx, row.id)
