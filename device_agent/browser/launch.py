"""How the browser is started: in a profile of its own, with the gate as its only way out."""

import logging
import os
from pathlib import Path

from playwright.async_api import BrowserContext, Playwright

log = logging.getLogger(__name__)

LAUNCH_SECONDS = 60.0
WIDTH, HEIGHT = 1280, 800
# Names go to the gate and are never looked up by the browser; what can't go through the gate
# (QUIC, WebRTC's own datagrams) does not go at all; it tells its maker nothing by itself.
SWITCHES = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-quic",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # its older name
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--deny-permission-prompts",
)
# What a browser needs of its surroundings; nothing that makes it load code or tells it a proxy.
KEPT_VARIABLES = frozenset(
    {
        *("HOME", "PATH", "LANG", "LANGUAGE", "TZ", "USER", "LOGNAME", "TMPDIR", "DISPLAY"),
        *("WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"),
        *("FONTCONFIG_PATH", "SYSTEMROOT", "LOCALAPPDATA", "APPDATA", "TEMP", "TMP"),
    }
)


async def launch(
    playwright: Playwright, executable: str, profile: Path, port: int
) -> BrowserContext:
    """A browser whose every connection goes to the gate at a loopback port; raises Error."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root:
        log.warning("The browser runs without its own sandbox (--no-sandbox): this is root")
    _make_private(profile)
    return await playwright.chromium.launch_persistent_context(
        profile,
        executable_path=executable,
        headless=True,
        chromium_sandbox=not is_root,
        proxy={"server": f"socks5://127.0.0.1:{port}"},
        args=list(SWITCHES),
        env={name: value for name, value in os.environ.items() if _is_kept(name)},
        viewport={"width": WIDTH, "height": HEIGHT},
        accept_downloads=True,
        handle_sigint=False,
        handle_sigterm=False,
        handle_sighup=False,
        timeout=LAUNCH_SECONDS * 1000,
    )


def _make_private(profile: Path) -> None:
    profile.mkdir(mode=0o700, parents=True, exist_ok=True)
    profile.chmod(0o700)


def _is_kept(name: str) -> bool:
    return name in KEPT_VARIABLES or name.startswith("LC_")
