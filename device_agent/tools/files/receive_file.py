"""receive_file: a file that somebody attached to the thread, into a shared folder."""

import os
import stat
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from device_agent.errors import MissingPath
from device_agent.folders import Folders
from device_agent.paths.written import check_path, must_be_folder
from device_agent.tools.files.judging import Policy, judge_writing, look_at_target
from device_agent.tools.files.write_file import written
from device_agent.tools.step import StepRoom, denied, refused
from dispatch_core.protocol import Preparation, StepResult
from dispatch_core.sizes import size_words

NOTHING_SAID = "This step does not say which file to save and where, so nothing was saved."


@dataclass(frozen=True)
class ReceiveFile:
    """Saves an attached file; spool is a private folder where it arrives first."""

    folders: Folders
    policy: Policy
    spool: Path

    def prepare(self, thread_id: str, arguments: Mapping[str, Any]) -> Preparation:
        """What is there now is bound; nothing is fetched yet."""
        asked = _asked(arguments)
        if isinstance(asked, str):
            return denied(asked)
        name, path = asked
        target = look_at_target(self.folders, self._whole(name, path))
        info = target.present.info
        there = "a new file" if info is None else f"in place of {size_words(info.st_size)}"
        preview = f"{name} from this thread → {target.path} ({there})"
        return judge_writing(self.policy, target, preview)

    def __call__(self, room: StepRoom, arguments: Mapping[str, Any]) -> StepResult:
        """Take it into the spool, and from there into its place in one move."""
        asked = _asked(arguments)
        if isinstance(asked, str):
            return refused(asked)
        name, path = asked
        started = time.monotonic()
        with tempfile.TemporaryDirectory(dir=self.spool) as folder:
            arrived = Path(folder) / "arrived"
            room.take_file(name, arrived)
            if room.stop.event.is_set():
                return StepResult(status=room.stop.status(), text="Nothing was saved.")
            size = arrived.stat().st_size
            with arrived.open("rb") as source:
                whole = self._whole(name, path)
                return written(self.folders, room, whole, source, size, started)

    def _whole(self, name: str, path: str) -> str:
        """The path of the file: a folder's path gets the file's own name."""
        if must_be_folder(path) or self._is_folder(path):
            return f"{path.rstrip('/')}/{name}" if path != "/" else f"/{name}"
        return path

    def _is_folder(self, path: str) -> bool:
        try:
            with self.folders.open_any(path) as handle:
                return stat.S_ISDIR(os.fstat(handle).st_mode)
        except MissingPath:
            return False


def _asked(arguments: Mapping[str, Any]) -> tuple[str, str] | str:
    """The file's own name and the path, or why nothing can be saved."""
    name, path = arguments.get("name"), arguments.get("path")
    if set(arguments) != {"name", "path"} or not isinstance(path, str) or not path:
        return NOTHING_SAID
    if not isinstance(name, str) or PurePosixPath(name).name != name or name in ("", ".", ".."):
        return "An attached file is named without any folder, so nothing was saved."
    check_path(name)
    return name, path
