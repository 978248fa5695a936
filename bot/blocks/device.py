"""Devices: the list, one in full, and the offer of a pairing code."""

from collections.abc import Sequence

from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    InteractiveElement,
    PlainTextInputElement,
    PlainTextObject,
)
from slack_sdk.models.views import View

from bot.blocks.drawn import (
    Drawn,
    actions,
    are_you_sure,
    button,
    context,
    fenced_head,
    header,
    message,
    section,
)
from bot.blocks.grant import grant_lines
from bot.blocks.inert import inert_code, inert_line
from bot.blocks.limits import PAYLOAD, TITLE
from bot.blocks.moments import moment
from dispatch_core.abilities import Capability, Permission
from dispatch_core.approval_views import GrantView
from dispatch_core.device_views import DeviceView, PairingOffer, Presence

MOST_LISTED = 20
MOST_FOLDERS = 12
MOST_GRANTS = 20
MOST_AWAITED = 2_500  # characters in a section, with its heading
MOST_NAME = 40  # as the wire has it
PAIR_HINT = "Pair a computer with `/devices pair`."
PAIR_MORE = (
    "Add for example `--folder ~/work --allow local_files,shell`: what it may reach and do. "
    "Then start it: `dispatch-device run`."
)
RENAME_MODAL = "device_rename_modal"
NAME = "name"  # the input's block_id and action_id

DOTS = {Presence.ONLINE: "🟢", Presence.OFFLINE: "⚪", Presence.NEVER: "⚪"}


def devices_list(devices: Sequence[DeviceView]) -> Drawn:
    """All of a person's devices, a line each."""
    if not devices:
        return message("No devices yet", section(f"You have no paired device yet. {PAIR_HINT}"))
    lines = [section(device_line(device)) for device in devices[:MOST_LISTED]]
    left = len(devices) - MOST_LISTED
    more = f"{left} more are not listed." if left > 0 else ""
    hint = "`/devices NAME` shows one in full, `/devices pair` adds another."
    if len(devices) > 1 and not any(device.is_default for device in devices):
        hint += " `/devices default NAME` says which is meant where you name none."
    return message("Your devices", header("Your devices"), *lines, context(more, hint))


def device_line(device: DeviceView) -> str:
    """A device's name, presence and platform, and whether something waits for its owner."""
    line = f"{DOTS[device.presence]} *{inert_line(device.name, TITLE)}* · {presence_words(device)}"
    platform = inert_line(device.platform, TITLE)
    default = "default" if device.is_default else ""
    waits = "awaits your confirmation" if awaits_owner(device) else ""
    return " · ".join(part for part in (line, platform, default, waits) if part)


def device_card(device: DeviceView, grants: Sequence[GrantView] = ()) -> Drawn:
    """One device in full, with what its owner can press and the grants that stand on it."""
    name = inert_line(device.name, TITLE)
    shown_whole = awaits_owner(device) and len(_awaited(device)) <= MOST_AWAITED
    confirm = [confirm_button(device.id, device.offer)] if shown_whole else []
    return message(
        f"Device {name}",
        section(f"{DOTS[device.presence]} *{name}*{_preferred(device)} · {presence_words(device)}"),
        section("\n".join(_facts(device))),
        _awaiting(device),
        actions(
            f"device:{device.id}",
            [*confirm, _default_button(device), rename_button(device.id), remove_button(device.id)],
        ),
        *([section("*Approved for longer:*"), *grant_lines(grants, MOST_GRANTS)] if grants else []),
    )


def rename_modal(device: DeviceView) -> View:
    """Asks for another name; what was shown under the old one is drawn with the new."""
    element = PlainTextInputElement(
        action_id=NAME, initial_value=device.name, max_length=MOST_NAME, focus_on_load=True
    )
    return View(
        type="modal",
        callback_id=RENAME_MODAL,
        private_metadata=device.id,
        title=PlainTextObject(text="Rename a device"),
        submit=PlainTextObject(text="Rename"),
        close=PlainTextObject(text="Back"),
        blocks=[InputBlock(label=PlainTextObject(text="Name"), block_id=NAME, element=element)],
    )


def pairing_offer(offer: PairingOffer) -> Drawn:
    """The code, the whole command to type on the device, and until when it serves."""
    return message(
        "Pair a computer",
        section("🔗 *Pair a computer:* type this on it. It may do nothing until you say what."),
        fenced_head(offer.command, PAYLOAD)[0],
        context(PAIR_MORE),
        context(
            f"Code {inert_code(offer.code, TITLE)} serves once, until {moment(offer.expires_at)}",
            "It makes the computer yours, so show it to nobody.",
        ),
    )


def presence_words(device: DeviceView) -> str:
    """Online, offline since when, or never connected."""
    if device.presence is Presence.NEVER or device.last_seen_at is None:
        return device.presence.value
    joined = "seen" if device.presence is Presence.ONLINE else "since"
    return f"{device.presence.value}, {joined} {moment(device.last_seen_at)}"


def awaits_owner(device: DeviceView) -> bool:
    """Whether the device, or something it newly reports, waits for its owner's word."""
    return not device.confirmed or bool(device.awaits_confirmation)


def remove_button(device_id: str) -> InteractiveElement:
    """Ends the pairing, once its presser is sure."""
    confirm = are_you_sure(
        "Remove this device?",
        "Its key is refused from now on. To use it again, pair it anew.",
        "Remove",
        "Keep",
    )
    return button("Remove", "device_remove", device_id, style="danger", confirm=confirm)


def confirm_button(device_id: str, offer: str) -> InteractiveElement:
    """Confirms what stands beside it, which the offer names, and nothing that came later."""
    return button("Confirm", "device_confirm", f"{device_id}|{offer}", style="primary")


def rename_button(device_id: str) -> InteractiveElement:
    """Opens the modal for another name."""
    return button("Rename", "device_rename", device_id)


def _default_button(device: DeviceView) -> InteractiveElement:
    """Both send the same verb: which way is in the value."""
    if device.is_default:
        return button("No default", "device_default", f"{device.id}|no")
    return button("Make default", "device_default", f"{device.id}|yes")


def _preferred(device: DeviceView) -> str:
    return " (default)" if device.is_default else ""


def _facts(device: DeviceView) -> list[str]:
    can = [item.value for item in Capability if device.capabilities.has(item)]
    may = [item.value for item in Permission if device.permissions.allows(item)]
    folders = [inert_code(path, TITLE) for path in device.capabilities.reachableFolders]
    left = len(folders) - MOST_FOLDERS
    shown = folders[:MOST_FOLDERS] + ([f"{left} more"] if left > 0 else [])
    return [
        f"*Platform:* {inert_line(device.platform, TITLE)}",
        f"*Key fingerprint:* {inert_code(device.fingerprint, TITLE)}",
        f"*Capabilities:* {', '.join(can) or 'none'}",
        f"*Permissions:* {', '.join(may) or 'none'}",
        f"*Reachable folders:* {', '.join(shown) or 'none'}",
        f"*Paired:* {moment(device.paired_at)}",
    ]


def _awaiting(device: DeviceView) -> Block | None:
    if not awaits_owner(device):
        return None
    if not device.awaits_confirmation:
        return section("⚠️ It is used only after you confirm it.")
    items = _awaited(device)
    if len(items) > MOST_AWAITED:
        return section("⚠️ It reports more than fits here; its notice to you shows it, to confirm.")
    return section(f"⚠️ *Used only after you confirm:*\n{items}")


def _awaited(device: DeviceView) -> str:
    """All of it: nobody confirms what a cut would hide."""
    return "\n".join(f"• {inert_line(item, PAYLOAD)}" for item in device.awaits_confirmation)
