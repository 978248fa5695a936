"""list_folder: what lies in a folder, as a plain table."""

import os
import stat
import time
from dataclasses import dataclass

from device_agent.folders import Place
from device_agent.tools.files.reading import PathReader
from device_agent.tools.files.shown_names import shown_name
from device_agent.tools.step import StepRoom
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import StepResult
from dispatch_core.sizes import size_words

MAX_LISTED = 500


@dataclass(frozen=True)
class ListFolder(PathReader):
    """Lists a folder: name, size and date, folders first, at most MAX_LISTED."""

    NO_PATH = "This step names no path, so nothing was listed."

    def read(self, room: StepRoom, path: str, place: Place) -> StepResult:
        """A plain table; a symlink is shown as itself."""
        with self.folders.open_folder(path, place) as handle, os.scandir(handle) as entries:
            rows = sorted(_row(entry) for entry in entries)
        lines = [_line(row) for row in rows[:MAX_LISTED]]
        left_out = len(rows) - len(lines)
        if left_out:
            lines.append(f"… and {left_out} more")
        return StepResult(status=StepStatus.DONE, text="\n".join(lines), truncated=bool(left_out))


# Sorts folders first, then by name without regard to case.
Row = tuple[bool, str, str, str, str]


def _row(entry: "os.DirEntry[str]") -> Row:
    name = shown_name(entry.name)
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
    return True, name.casefold(), name, size_words(info.st_size), date


def _line(row: Row) -> str:
    _, _, name, size, date = row
    return f"{size:>9}  {date:16}  {name}"
