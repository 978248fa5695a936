"""What the owner lets this device do, and what it can do; the core is never asked about either."""

import platform
from collections.abc import Iterable
from pathlib import Path

from device_agent.browser.probe import can_browse
from device_agent.desktop.probe import can_use_desktop
from device_agent.errors import NoSuchPermission
from device_agent.paths.beneath import SUPPORTED
from device_agent.settings import Pairing
from device_agent.shells import find_shell
from dispatch_core.abilities import (
    CAPABILITY_FOR,
    PERMISSION_FOR,
    Capabilities,
    Permission,
    Permissions,
    ToolName,
)
from dispatch_core.protocol import DeviceReport

IN_WORDS = {
    Permission.FILES: "read and write files",
    Permission.SHELL: "run commands",
    Permission.BROWSER: "use the browser",
    Permission.DESKTOP: "use the desktop",
}


def read_permissions(text: str) -> Permissions:
    """Permissions from words with commas between; raises NoSuchPermission."""
    allowed: dict[str, bool] = {}
    for word in filter(None, (part.strip() for part in text.split(","))):
        if word not in set(Permission):
            raise NoSuchPermission(name=word, known=", ".join(Permission))
        allowed[word] = True
    return Permissions(**allowed)


def in_words(permissions: Permissions, folders: Iterable[str]) -> str:
    """What the device may do, for its owner to read."""
    words = [IN_WORDS[each] for each in Permission if permissions.allows(each)]
    shared = ", ".join(folders)
    if permissions.local_files:
        words[0] += f" in {shared}" if shared else " (but shares no folder: add --folder)"
    return ", ".join(words) or "nothing: say what with dispatch-device permit"


def refusal(tool: ToolName, permissions: Permissions, capabilities: Capabilities) -> str:
    """Why the device won't use a tool, in a sentence; empty where it will."""
    capability = CAPABILITY_FOR.get(tool)
    if capability is None:
        return f"{tool.value} is no tool of a device, so nothing was done."
    permission = PERMISSION_FOR[capability]
    if not permissions.allows(permission):
        words = IN_WORDS[permission]
        return f"This device's owner does not let Dispatch {words}, so nothing was done."
    if not capabilities.has(capability):
        return f"This device can't {IN_WORDS[permission]} now, so nothing was done."
    return ""


def find_capabilities(folders: Iterable[str]) -> Capabilities:
    """What this computer can do now."""
    reachable = tuple(folder for folder in folders if Path(folder).is_dir())
    return Capabilities(
        shell=find_shell() is not None,
        browserAutomation=can_browse(),
        desktopAutomation=can_use_desktop(),
        local_files=SUPPORTED and bool(reachable),
        reachableFolders=reachable,
    )


def report_of(pairing: Pairing) -> DeviceReport:
    """What the core is told that this device can and may do now."""
    return DeviceReport(
        platform=platform_name(),
        capabilities=find_capabilities(pairing.folders),
        permissions=pairing.permissions,
    )


def platform_name() -> str:
    """The operating system, its version without its builder's marks, and the machine."""
    version = platform.release().partition("-")[0]
    return f"{platform.system()} {version} {platform.machine()}"[:200]
