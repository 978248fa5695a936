"""fetch: a file as it is, or a folder as an archive."""

import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from device_agent.folders import Place
from device_agent.tools.files.archive import Archive
from device_agent.tools.files.judging import closed_below
from device_agent.tools.files.read_file import MAX_FILE_BYTES, send_copy
from device_agent.tools.files.reading import PathReader
from device_agent.tools.step import StepRoom
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import StepResult
from dispatch_core.sizes import size_words


@dataclass(frozen=True)
class Fetch(PathReader):
    """Sends a file, or a folder in a .zip, as an artifact."""

    NO_PATH = "This step names no path, so nothing was fetched."
    spool: Path
    limit: int = MAX_FILE_BYTES

    def read(self, room: StepRoom, path: str, place: Place) -> StepResult:
        """Send it; the text says how large it is, and what an archive leaves out."""
        with self.folders.open_any(path, place) as handle:
            if stat.S_ISDIR(os.fstat(handle).st_mode):
                text = self._send_folder(room, handle, path, place)
            else:
                size = send_copy(room, handle, path, self.spool, self.limit)
                text = f"{path} ({size_words(size)})"
        status = room.stop.status() if room.stop.event.is_set() else StepStatus.DONE
        return StepResult(status=status, text=text)

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
        return f"{name}.zip ({size_words(size)}): {archive.summary()}"
