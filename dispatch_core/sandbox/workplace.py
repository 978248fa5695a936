"""The folder of a run of code, with people's files in it: no killed process leaves one for good."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

PREFIX = "dispatch-job-"
AS_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


@contextmanager
def workplace() -> Iterator[Path]:
    """An empty folder, deleted at the end; by the next start, where this process is killed."""
    with ExitStack() as stack:
        yield _held(stack)


def _held(stack: ExitStack) -> Path:
    """A folder with a lock, which ends with its process; another one's sweep may come before it."""
    while True:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=PREFIX)))
        with suppress(FileNotFoundError):
            lock = os.open(folder, AS_FOLDER)
            stack.callback(os.close, lock)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if os.fstat(lock).st_nlink:
                return folder


def sweep() -> None:
    """Delete the folders that killed processes of this user left."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # it is held, or its process deletes it itself just now
            _delete_unless_held(folder)


def _delete_unless_held(folder: Path) -> None:
    lock = os.open(folder, AS_FOLDER)
    try:
        if os.fstat(lock).st_uid == os.geteuid():
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
    finally:
        os.close(lock)
