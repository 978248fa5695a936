"""The window in which the owner signs in: the same browser and profile, and nobody steers it."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from device_agent.browser.errors import (
    BrowserFailed,
    NoBrowser,
    NoScreen,
    ProfileInUse,
    WindowFailed,
)
from device_agent.browser.holding import held_for_window
from device_agent.browser.probe import find_browser
from device_agent.browser.profile import (
    NO_SANDBOX,
    PROFILE_SWITCHES,
    is_lived_in,
    is_root,
    make_ready,
    surroundings,
)
from device_agent.browser.urls import read_url
from dispatch_core.errors import DispatchError

_NO_SCREEN = ("Missing X server", "Failed to connect to Wayland display")
END_SECONDS = 10.0
MOST_SAID = 20_000
SWITCHES = (
    *PROFILE_SWITCHES,
    "--no-default-browser-check",
    "--hide-crash-restore-bubble",
    # An extension could keep the browser running when its last window is closed.
    "--disable-extensions",
)
# A window's own needs beside every browser's: its kind of session, and how letters are put in.
_WINDOW_VARIABLES = (
    *("XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "DESKTOP_SESSION"),
    *("GTK_IM_MODULE", "XMODIFIERS"),
)


def show_window(
    profile: Path, url: str = "", *, waits: Callable[[], None], opened: Callable[[], None]
) -> None:
    """Open the window and stay until its browser has ended; Ctrl-C ends it.

    waits is called before a step of the companion's is waited for, opened once the browser was
    started. Raises BadUrl, NoBrowser, NoScreen, WindowOpenAlready, ProfileInUse, BrowserFailed,
    WindowFailed.
    """
    address = [read_url(url).url] if url else []
    executable = find_browser()
    if executable is None:
        raise NoBrowser
    if not _has_screen():
        raise NoScreen
    with held_for_window(profile, waits) as locks, tempfile.TemporaryFile() as said:
        if is_lived_in(profile):
            raise ProfileInUse(profile=profile)
        make_ready(profile)
        command = [executable, f"--user-data-dir={profile}", *_switches(), *address]
        if code := _stay(_start(command, locks, said), opened):
            raise _failure(code, said)


def _has_screen() -> bool:
    if sys.platform in {"darwin", "win32"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _switches() -> list[str]:
    return [*SWITCHES, *(["--no-sandbox"] if is_root() else [])]


def _start(
    command: Sequence[str], locks: Sequence[int], said: IO[bytes]
) -> "subprocess.Popen[bytes]":
    """In a session of its own: a Ctrl-C is for its command, which then ends it in its own way."""
    more = {name: os.environ[name] for name in _WINDOW_VARIABLES if name in os.environ}
    try:
        return subprocess.Popen(  # noqa: S603 (its owner's browser; read_url made the address)
            command,
            env=surroundings() | more,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            pass_fds=locks,
            start_new_session=True,
        )
    except OSError as error:
        raise BrowserFailed(why=error.strerror or str(error)) from None


def _stay(process: "subprocess.Popen[bytes]", opened: Callable[[], None]) -> int:
    """Until the window is closed; what the browser ended with, 0 where this ended it."""
    try:
        opened()
        return process.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        if process.poll() is None:
            _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    # Not SIGTERM: on that it drops the cookies of the last half minute.
    process.send_signal(signal.SIGINT)
    try:
        process.wait(END_SECONDS)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _failure(code: int, said: IO[bytes]) -> DispatchError:
    """What it means that a browser ended otherwise than by its window's being closed."""
    said.seek(0)
    words = said.read(MOST_SAID).decode(errors="replace")
    if any(each in words for each in _NO_SCREEN):
        return NoScreen()
    if "No usable sandbox" in words:
        return BrowserFailed(why=NO_SANDBOX)
    return WindowFailed(why=f"signal {-code}" if code < 0 else f"code {code}")
