"""What of a desktop can be used here now, and why the rest can't; needs no extra to be asked."""

import importlib.util
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from device_agent.desktop.errors import DesktopSilent, NoDesktop
from device_agent.desktop.patience import within

LIBRARIES = ("mss", "pynput")
ON_X11 = ("Xlib", "jeepney")
# A display that does not answer by then is no help to anybody.
PROBE_SECONDS = 5.0
INSTALL = "pip install '.[desktop]' in Dispatch's folder"
NO_BUS = "there is no session bus (DBUS_SESSION_BUS_ADDRESS is not set)"
_BLIND = "not implemented on this system: only X11 has it"
_WAYLAND = "a Wayland session shows no program its screen"


def can_use_desktop() -> bool:
    """Whether anything of the desktop can be used: its screen answers and the extra is there."""
    return not why_no_desktop()


def why_no_desktop() -> str:
    """Why nothing of the desktop can be used now; empty where something can."""
    missing = [name for name in _libraries() if importlib.util.find_spec(name) is None]
    if missing:
        return f"{', '.join(missing)} not installed ({INSTALL})"
    if not has_x11():
        return ""
    if not os.environ.get("DISPLAY"):
        return "there is no X11 display (DISPLAY is not set)"
    try:
        within(PROBE_SECONDS, _answers)
    except (NoDesktop, DesktopSilent) as error:
        return str(error)
    return ""


def limits() -> Mapping[str, str]:
    """What of the desktop can't be used here although it has one, each with its why."""
    found: dict[str, str] = {}
    if not has_x11():
        found = dict.fromkeys(("windows", "focus", "tree", "read", "set_text"), _BLIND)
    elif on_wayland():
        found["screenshot"] = _WAYLAND
    elif not session_bus():
        found = dict.fromkeys(("tree", "read", "set_text"), NO_BUS)
    return found


def session_bus() -> str:
    """The D-Bus address of the owner's session; empty where there is none.

    A service manager may not pass it on; then it lies in the owner's run-time folder.
    """
    told = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if not told and runtime and (socket := Path(runtime) / "bus").is_socket():
        return f"unix:path={socket}"
    return told


def has_x11() -> bool:
    """Whether this system's desktop is reached by X11."""
    return sys.platform not in {"darwin", "win32"}


def on_wayland() -> bool:
    """Whether X11 is only a guest of Wayland here: it then sees X11 programs and nothing else."""
    return bool(os.environ.get("WAYLAND_DISPLAY"))


def _libraries() -> tuple[str, ...]:
    return LIBRARIES + ON_X11 if has_x11() else LIBRARIES


def _answers() -> None:
    from device_agent.desktop.display import opened  # noqa: PLC0415 (needs the extra)

    with opened():
        pass
