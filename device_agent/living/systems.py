"""Which service manager this system has."""

import sys
from collections.abc import Callable
from pathlib import Path

from device_agent.living.launchd import LaunchAgent
from device_agent.living.service import Program, Service
from device_agent.living.systemd import SystemdUnit
from device_agent.living.tasks import ScheduledTask

SYSTEMS: dict[str, Callable[[Program], Service]] = {
    "linux": SystemdUnit,
    "macos": LaunchAgent,
    "windows": ScheduledTask,
}


def this_system() -> str:
    """Its name in SYSTEMS; what is neither macOS nor Windows is taken for Linux."""
    return {"darwin": "macos", "win32": "windows"}.get(sys.platform, "linux")


def service_of(home: Path, system: str = "") -> Service:
    """The companion of this home as a service."""
    return SYSTEMS[system or this_system()](Program(home))
