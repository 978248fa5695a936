"""What this device says to a shell command, before any of it runs."""

from collections.abc import Mapping
from pathlib import Path

from device_agent.folders import Folders
from device_agent.policy.owner import Area, Mode, OwnerPolicy
from device_agent.tools.step import denied
from dispatch_core.protocol import Preparation, VerdictKind

FORBIDDEN = "This device's owner does not let Dispatch run commands."
ASKS = "Every shell command asks a person first."


def judge_command(
    command: str,
    *,
    working_directory: Path,
    folders: Folders,
    policy: OwnerPolicy,
    environment: Mapping[str, str],
) -> Preparation:
    """The device's verdict on a command that would start in this folder with these variables."""
    if policy.mode(Area.SHELL) is Mode.DENY:
        return denied(FORBIDDEN)
    return Preparation(verdict=VerdictKind.ASK, reasons=(ASKS,))
