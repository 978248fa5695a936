"""The folder of the browser's profile, and what is alike for each browser started in it."""

import contextlib
import json
import os
import shutil
import socket
from pathlib import Path
from typing import Any

from device_agent.settings import write_private

# The first three decide whether one browser can read what another kept there: cookies are
# encrypted with a key that is not in the system's keyring, and which another key store would lose.
PROFILE_SWITCHES = (
    "--profile-directory=Default",
    "--password-store=basic",
    "--use-mock-keychain",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--deny-permission-prompts",
)
# Chromium drops cookies without an end when it is closed, unless it is set to go on where it was
# left (1). Passwords are not offered to be kept: that key is no secret.
_SETTINGS = {
    "session": {"restore_on_startup": 1},
    "profile": {"exit_type": "Normal", "password_manager_enabled": False},
    "credentials_enable_service": False,
}
NO_SANDBOX = "this system does not let it make its sandbox (user namespaces are forbidden)"
# What a browser needs of its surroundings; nothing that makes it load code or tells it a proxy.
_KEPT_VARIABLES = frozenset(
    {
        *("HOME", "PATH", "LANG", "LANGUAGE", "TZ", "USER", "LOGNAME", "TMPDIR", "DISPLAY"),
        *("WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"),
        *("FONTCONFIG_PATH", "SYSTEMROOT", "LOCALAPPDATA", "APPDATA", "TEMP", "TMP"),
    }
)


def profile_of(home: Path) -> Path:
    """Where it is in the companion's home."""
    return home / "browser-profile"


def make_ready(profile: Path) -> None:
    """Before a browser is started in it: private, set up, and without tabs of the time before.

    Only whoever holds the profile may call this.
    """
    profile.mkdir(mode=0o700, parents=True, exist_ok=True)
    profile.chmod(0o700)
    own = profile / "Default"
    own.mkdir(mode=0o700, exist_ok=True)
    shutil.rmtree(own / "Sessions", ignore_errors=True)
    path = own / "Preferences"
    kept = _read(path)
    settings = _merged(kept, _SETTINGS)
    if settings != kept:
        write_private(path, json.dumps(settings).encode())


def surroundings() -> dict[str, str]:
    """The environment of a browser."""
    return {name: value for name, value in os.environ.items() if _is_kept(name)}


def is_root() -> bool:
    """Whether the browser has to do without its own sandbox."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def is_lived_in(profile: Path) -> bool:
    """Whether a browser answers at the socket by which Chromium keeps a profile to itself."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(1)
        # The profile's own is a link; the path behind it is short enough for a socket's address.
        caller.connect(str((profile / "SingletonSocket").readlink()))
        return True
    return False


def _read(path: Path) -> dict[str, Any]:
    """What Chromium keeps there; of a file that it can't read itself, nothing."""
    with contextlib.suppress(OSError, ValueError):
        kept = json.loads(path.read_bytes())
        if isinstance(kept, dict):
            return kept
    return {}


def _merged(kept: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """The same with what is wanted in it, two levels deep."""
    merged = dict(kept)
    for name, value in wanted.items():
        inner = kept.get(name)
        merged[name] = {**inner, **value} if isinstance(inner, dict) else value
    return merged


def _is_kept(name: str) -> bool:
    return name in _KEPT_VARIABLES or name.startswith("LC_")
