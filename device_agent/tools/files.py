"""read_file and list_folder, inside the folders that the owner shares."""

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device_agent.errors import FileTooLarge
from device_agent.folders import Folders
from device_agent.tools.step import StepRoom, only_text, refused
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import Preparation, StepResult, VerdictKind

# The core takes 200 MiB; half of it leaves room for what a thread is for.
MAX_FILE_BYTES = 100 * 1024 * 1024
MAX_LISTED = 500

_READING = Preparation(
    verdict=VerdictKind.ALLOW,
    reasons=("It only reads inside the folders that this device's owner opened.",),
)


@dataclass(frozen=True)
class ReadFile:
    """Sends a file as an artifact; spool is a private folder for the copy that is sent."""

    folders: Folders
    spool: Path
    limit: int = MAX_FILE_BYTES

    def prepare(self, thread_id: str, arguments: Mapping[str, Any]) -> Preparation:
        """Nobody is asked for what lies in a shared folder; opening it tells whether it does."""
        return _READING

    def __call__(self, room: StepRoom, arguments: Mapping[str, Any]) -> StepResult:
        """Copy first, then send: a file may change while it is read, its hash may not."""
        path = only_text(arguments, "path")
        if path is None:
            return refused("This step names no path, so nothing was read.")
        started = time.monotonic()
        with (
            self.folders.open_file(path) as handle,
            tempfile.TemporaryDirectory(dir=self.spool) as folder,
        ):
            size = self._check_size(path, os.fstat(handle).st_size)
            copy = Path(folder) / "copy"
            with os.fdopen(os.dup(handle), "rb") as source, copy.open("wb") as target:
                shutil.copyfileobj(source, target, 1024 * 1024)
            self._check_size(path, copy.stat().st_size)
            room.send_file(Path(path).name or "file", copy)
        return StepResult(
            status=StepStatus.DONE,
            text=f"{path} ({human_size(size)})",
            seconds=time.monotonic() - started,
        )

    def _check_size(self, path: str, size: int) -> int:
        if size > self.limit:
            raise FileTooLarge(path=path, size=human_size(size), limit=human_size(self.limit))
        return size


@dataclass(frozen=True)
class ListFolder:
    """Lists a folder: name, size and date, folders first, at most MAX_LISTED."""

    folders: Folders

    def prepare(self, thread_id: str, arguments: Mapping[str, Any]) -> Preparation:
        """Nobody is asked for what lies in a shared folder; opening it tells whether it does."""
        return _READING

    def __call__(self, _room: StepRoom, arguments: Mapping[str, Any]) -> StepResult:
        """A plain table; a symlink is shown as itself."""
        path = only_text(arguments, "path")
        if path is None:
            return refused("This step names no path, so nothing was listed.")
        with self.folders.open_folder(path) as handle, os.scandir(handle) as entries:
            rows = sorted(_row(entry) for entry in entries)
        lines = [_line(row) for row in rows[:MAX_LISTED]]
        left_out = len(rows) - len(lines)
        if left_out:
            lines.append(f"… and {left_out} more")
        return StepResult(status=StepStatus.DONE, text="\n".join(lines), truncated=bool(left_out))


# Sorts folders first, then by name without regard to case.
Row = tuple[bool, str, str, str, str]


def _row(entry: "os.DirEntry[str]") -> Row:
    name = entry.name.encode("utf-8", "replace").decode()
    try:
        info = entry.stat(follow_symlinks=False)
    except OSError:
        return True, name.casefold(), name, "?", "?"
    is_folder = stat.S_ISDIR(info.st_mode)
    date = time.strftime("%Y-%m-%d %H:%M", time.localtime(info.st_mtime))
    if is_folder:
        return False, name.casefold(), name + "/", "", date
    if stat.S_ISLNK(info.st_mode):
        return True, name.casefold(), name + "@", "", date
    return True, name.casefold(), name, human_size(info.st_size), date


def _line(row: Row) -> str:
    _, _, name, size, date = row
    # A line break in a name would make one file look like two.
    return f"{size:>9}  {date:16}  {name!r}" if "\n" in name else f"{size:>9}  {date:16}  {name}"


def human_size(size: int) -> str:
    """Bytes in the unit that a person would choose."""
    amount, unit = float(size), "B"
    for larger in ("KB", "MB", "GB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{size} B" if unit == "B" else f"{amount:.1f} {unit}"
