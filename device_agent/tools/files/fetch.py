"""fetch: a file as it is, or a folder as an archive."""

import os
import stat
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device_agent.folders import Folders, Place
from device_agent.tools.files.archive import Archive
from device_agent.tools.files.judging import Policy, closed_below, judge_reading, place_to_read
from device_agent.tools.files.read_file import MAX_FILE_BYTES, send_copy
from device_agent.tools.files.sizes import human_size
from device_agent.tools.step import StepRoom, denied, only_text, refused
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import Preparation, StepResult

NO_PATH = "This step names no path, so nothing was fetched."


@dataclass(frozen=True)
class Fetch:
    """Sends a file, or a folder in a .zip, as an artifact."""

    folders: Folders
    policy: Policy
    spool: Path
    limit: int = MAX_FILE_BYTES

    def prepare(self, thread_id: str, arguments: Mapping[str, Any]) -> Preparation:
        """Nobody is asked for what lies in a shared folder, unless its owner wants it."""
        path = only_text(arguments, "path")
        return denied(NO_PATH) if path is None else judge_reading(self.folders, self.policy, path)

    def __call__(self, room: StepRoom, arguments: Mapping[str, Any]) -> StepResult:
        """Send it; the text says how large it is, and what an archive leaves out."""
        path = only_text(arguments, "path")
        if path is None:
            return refused(NO_PATH)
        started = time.monotonic()
        place = place_to_read(self.folders, self.policy, room.bound, path)
        with self.folders.open_any(path, place) as handle:
            if stat.S_ISDIR(os.fstat(handle).st_mode):
                text = self._send_folder(room, handle, path, place)
            else:
                size = send_copy(room, handle, path, self.spool, self.limit)
                text = f"{path} ({human_size(size)})"
        if room.stop.event.is_set():
            return StepResult(status=room.stop.status(), text=text)
        return StepResult(status=StepStatus.DONE, text=text, seconds=time.monotonic() - started)

    def _send_folder(self, room: StepRoom, handle: int, path: str, place: Place) -> str:
        name = place.whole.name or "files"
        with tempfile.TemporaryDirectory(dir=self.spool) as folder:
            packed = Path(folder) / "packed"
            archive = Archive(path, name, self.limit)
            archive.pack(handle, packed, closed_below(self.folders, place, room.bound), room.stop)
            if room.stop.event.is_set():
                return "Nothing was sent."
            room.send_file(f"{name}.zip", packed)
            size = packed.stat().st_size
        return f"{name}.zip ({human_size(size)}): {archive.summary()}"
