"""What a device reports: narrower is taken at once, wider waits for its owner."""

from functools import partial
from pathlib import PurePath
from typing import Any

from dispatch_core.abilities import Capabilities, Permissions
from dispatch_core.audit_trail import AuditKind
from dispatch_core.device_views import offer_of
from dispatch_core.dispatcher.room import Room
from dispatch_core.errors import NotFound
from dispatch_core.planning.fences import quoted
from dispatch_core.protocol import DeviceReport, ReportReply
from dispatch_core.records import audit, devices, threads
from dispatch_core.records.transaction import Transaction


class DeviceReports(Room):
    """The verbs by which a device is known and tells of itself."""

    async def device_key(self, device_id: str) -> bytes | None:
        """The raw Ed25519 key of a paired device; None where it is unknown or revoked."""
        row = await self.store.read(lambda tx: devices.paired(tx, device_id))
        return bytes(row.public_key) if row is not None else None

    async def use_nonce(self, device_id: str, nonce: str) -> bool:
        """Use a nonce up; False where it was used before."""
        return await self.store.write(lambda tx: devices.use_nonce(tx, device_id, nonce))

    async def report(self, device_id: str, report: DeviceReport) -> ReportReply:
        """Take what a device can and may do now; raises NotFound."""
        return await self.store.write(partial(_report, device_id, report))


def _report(device_id: str, report: DeviceReport, tx: Transaction) -> ReportReply:
    row = devices.hold_paired(tx, device_id)
    if row is None:
        raise NotFound(what="paired device", name=device_id)
    old_can = Capabilities.model_validate(row.capabilities)
    old_may = Permissions.model_validate(row.permissions)
    words = wider(old_can, old_may, report)
    values: dict[str, Any] = {
        "platform": report.platform,
        "capabilities": _common_capabilities(old_can, report.capabilities).model_dump(mode="json"),
        "permissions": _common_permissions(old_may, report.permissions).model_dump(mode="json"),
        "wider": _waiting(report, words) if words else None,
    }
    devices.change(tx, device_id, values)
    if list(words) != (row.wider or {}).get("words", []):
        threads.touch_messages_about(tx, device_id)  # an earlier notice's Confirm is over
        if words:
            _tell_owner(tx, row, words)
    return ReportReply(name=row.name, awaits_confirmation=words)


def wider(old_can: Capabilities, old_may: Permissions, report: DeviceReport) -> tuple[str, ...]:
    """In words, what a report has beyond what the owner confirmed."""
    can, may = report.capabilities.model_dump(), report.permissions.model_dump()
    confirmed_can, confirmed_may = old_can.model_dump(), old_may.model_dump()
    words = [f"capability {name}" for name in can if can[name] is True and not confirmed_can[name]]
    words += [f"permission {name}" for name in may if may[name] and not confirmed_may[name]]
    folders = old_can.reachableFolders
    words += [f"folder {new}" for new in can["reachableFolders"] if not _inside(new, folders)]
    return tuple(words)


def _inside(folder: str, folders: tuple[str, ...]) -> bool:
    return any(PurePath(folder).is_relative_to(known) for known in folders)


def _common_capabilities(old: Capabilities, new: Capabilities) -> Capabilities:
    values: dict[str, Any] = {
        name: getattr(old, name) and getattr(new, name)
        for name in Capabilities.model_fields
        if name != "reachableFolders"
    }
    folders = tuple(f for f in new.reachableFolders if _inside(f, old.reachableFolders))
    return Capabilities(**values, reachableFolders=folders)


def _common_permissions(old: Permissions, new: Permissions) -> Permissions:
    fields = Permissions.model_fields
    return Permissions(**{name: getattr(old, name) and getattr(new, name) for name in fields})


def _waiting(report: DeviceReport, words: tuple[str, ...]) -> dict[str, Any]:
    return {
        "capabilities": report.capabilities.model_dump(mode="json"),
        "permissions": report.permissions.model_dump(mode="json"),
        "words": list(words),
    }


def _tell_owner(tx: Transaction, row: Any, words: tuple[str, ...]) -> None:
    facts = {"name": row.name, "more": list(words)}
    audit.note(tx, AuditKind.DEVICE_REPORTED_MORE, None, {"device_id": row.id}, facts)
    asks = "\n".join(f"- {quoted(word)}" for word in words)
    end = "It may do that once you confirm it."
    text = f"**{row.name}** reports more than you confirmed:\n{asks}\n\n{end}"
    thread_id = threads.find_or_make(tx, row.notice_key)
    threads.say(tx, thread_id, text, device_id=row.id, confirms=offer_of(words))
