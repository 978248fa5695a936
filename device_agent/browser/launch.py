"""How the browser is started: in a profile of its own, with the gate as its only way out."""

import logging
from pathlib import Path

from playwright.async_api import BrowserContext, Playwright

from device_agent.browser.profile import PROFILE_SWITCHES, is_root, make_ready, surroundings

log = logging.getLogger(__name__)

LAUNCH_SECONDS = 60.0
WIDTH, HEIGHT = 1280, 800
# Names go to the gate and are never looked up by the browser; what can't go through the gate
# (QUIC, WebRTC's own datagrams) does not go at all.
SWITCHES = (
    *PROFILE_SWITCHES,
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-quic",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # its older name
)


async def launch(
    playwright: Playwright, executable: str, profile: Path, port: int
) -> BrowserContext:
    """A browser whose every connection goes to the gate at a loopback port; raises Error."""
    unboxed = is_root()
    if unboxed:
        log.warning("The browser runs without its own sandbox (--no-sandbox): this is root")
    make_ready(profile)
    return await playwright.chromium.launch_persistent_context(
        profile,
        executable_path=executable,
        headless=True,
        chromium_sandbox=not unboxed,
        proxy={"server": f"socks5://127.0.0.1:{port}"},
        args=list(SWITCHES),
        env={**surroundings()},
        viewport={"width": WIDTH, "height": HEIGHT},
        accept_downloads=True,
        handle_sigint=False,
        handle_sigterm=False,
        handle_sighup=False,
        timeout=LAUNCH_SECONDS * 1000,
    )
