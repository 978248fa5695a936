"""One companion for each home: a lock that the kernel frees when its owner dies."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from device_agent.errors import AlreadyRunning


@contextlib.contextmanager
def only_instance(home: Path) -> Iterator[None]:
    """Hold the home's lock, with this process's id in it; raises AlreadyRunning."""
    handle = os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(home=home, owner=file.read().strip() or "unknown") from None
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
