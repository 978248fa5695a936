"""Who has the profile: the companion's browser, or the window in which its owner signs in.

Both hold locks that the kernel frees with their last holder. The window's browser inherits those of
its command, so that they last as long as the browser, whatever becomes of the command.
"""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from device_agent.browser.errors import WindowOpen, WindowOpenAlready


class Holding:
    """The companion's side. give_way is called on the loop when the window asks for the profile."""

    def __init__(self, profile: Path, give_way: Callable[[], None]) -> None:
        self._profile = profile
        self._give_way = give_way
        self._lock: int | None = None
        self._bell: int | None = None

    def take(self) -> None:
        """Hold the profile from now on, and listen; raises WindowOpen."""
        if self._lock is not None:
            return
        # Listening comes first: whoever finds the lock held is heard.
        self._bell = _open_bell(self._profile)
        if self._bell is not None:
            asyncio.get_running_loop().add_reader(self._bell, self._hear)
        self._lock = _lock(_use(self._profile))
        if self._lock is None:
            self.release()
            raise WindowOpen

    def release(self) -> None:
        """Let the profile go; its browser has ended."""
        bell, self._bell = self._bell, None
        lock, self._lock = self._lock, None
        if bell is not None:
            asyncio.get_running_loop().remove_reader(bell)
            os.close(bell)
        if lock is not None:
            os.close(lock)

    def _hear(self) -> None:
        if self._bell is not None:
            with contextlib.suppress(BlockingIOError):
                os.read(self._bell, 100)
        self._give_way()


def is_wanted(profile: Path) -> bool:
    """Whether the window has the profile, or waits for it."""
    handle = os.open(_wish(profile), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # Shared, so that those who only look are not in each other's way.
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


@contextlib.contextmanager
def held_for_window(profile: Path, waits: Callable[[], None]) -> Iterator[tuple[int, ...]]:
    """Hold the profile for its owner; what is yielded is for the window's browser to inherit.

    The companion's browser is asked for it, which gives way once no step is under way; waits is
    called before that is waited for. Raises WindowOpenAlready.
    """
    with contextlib.ExitStack() as held:
        only = _lock(_window(profile))
        if only is None:
            raise WindowOpenAlready
        held.callback(os.close, only)
        # This one may be waited for: else only those have it who look, for a moment.
        wish = _wait_for(_wish(profile))
        held.callback(os.close, wish)
        use = _lock(_use(profile))
        if use is None:
            waits()
            _ring(profile)
            use = _wait_for(_use(profile))
        held.callback(os.close, use)
        yield only, wish, use


def _use(profile: Path) -> Path:
    """Held by whoever's browser runs in the profile."""
    return profile.with_name(f"{profile.name}.lock")


def _window(profile: Path) -> Path:
    """Held by the one command that may open a window."""
    return profile.with_name(f"{profile.name}.window")


def _wish(profile: Path) -> Path:
    """Held by the window's command from when it wants the profile."""
    return profile.with_name(f"{profile.name}.wanted")


def _bell(profile: Path) -> Path:
    return profile.with_name(f"{profile.name}.bell")


def _lock(path: Path) -> int | None:
    """A handle that holds the lock; None where another holds it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _wait_for(path: Path) -> int:
    """A handle that holds the lock, once it is free; Ctrl-C ends the wait."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
    except BaseException:
        os.close(handle)
        raise
    return handle


def _open_bell(profile: Path) -> int | None:
    """A pipe to hear by; None on a disk that knows no pipes, where the window waits longer."""
    path = _bell(profile)
    with contextlib.suppress(OSError):
        os.mkfifo(path, 0o600)
    try:
        # For writing too: a pipe that nobody could write to would always be at its end.
        return os.open(path, os.O_RDWR | os.O_NONBLOCK)
    except OSError:
        return None


def _ring(profile: Path) -> None:
    with contextlib.suppress(OSError):  # nobody listens: its browser is about to end
        handle = os.open(_bell(profile), os.O_WRONLY | os.O_NONBLOCK)
        try:
            os.write(handle, b"!")
        finally:
            os.close(handle)
