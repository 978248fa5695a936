"""read_file: one file as an artifact."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from device_agent.errors import FileTooLarge
from device_agent.folders import Place
from device_agent.tools.files.reading import PathReader
from device_agent.tools.step import StepRoom
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import StepResult
from dispatch_core.sizes import size_words

# The core takes 200 MiB; half of it leaves room for what a thread is for.
MAX_FILE_BYTES = 100 * 1024 * 1024


@dataclass(frozen=True)
class ReadFile(PathReader):
    """Sends a file as an artifact; spool is a private folder for the copy that is sent."""

    NO_PATH = "This step names no path, so nothing was read."
    spool: Path
    limit: int = MAX_FILE_BYTES

    def read(self, room: StepRoom, path: str, place: Place) -> StepResult:
        """Send the file; its text says how large it is."""
        with self.folders.open_file(path, place) as handle:
            size = send_copy(room, handle, path, self.spool, self.limit)
        return StepResult(status=StepStatus.DONE, text=f"{path} ({size_words(size)})")


def send_copy(room: StepRoom, handle: int, path: str, spool: Path, limit: int) -> int:
    """Copy first, then send: a file may change while it is read, its hash may not."""
    check_size(path, os.fstat(handle).st_size, limit)
    with tempfile.TemporaryDirectory(dir=spool) as folder:
        copy = Path(folder) / "copy"
        with os.fdopen(os.dup(handle), "rb") as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target, 1024 * 1024)
        size = check_size(path, copy.stat().st_size, limit)
        room.send_file(Path(path).name or "file", copy)
    return size


def check_size(path: str, size: int, limit: int) -> int:
    """The size; raises FileTooLarge."""
    if size > limit:
        raise FileTooLarge(path=path, size=size_words(size), limit=size_words(limit))
    return size
