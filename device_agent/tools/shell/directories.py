"""Where a thread's commands start: where its last one ended, if that is still there."""

import json
import logging
import threading
from dataclasses import dataclass
from pathlib import Path

from device_agent.errors import NothingShared, OutsideFolders
from device_agent.folders import Folders
from device_agent.settings import write_private
from dispatch_core.errors import DispatchError

log = logging.getLogger(__name__)

MOST_THREADS = 200


@dataclass(frozen=True)
class Start:
    """A folder to start in; sentence says why it is not the device's default, or is ""."""

    path: Path
    sentence: str = ""
    gone: Path | None = None


class WorkingDirectories:
    """Each thread's folder, kept in a file of the device's home; the threads used last are kept."""

    def __init__(self, file: Path, folders: Folders, most: int = MOST_THREADS) -> None:
        self._file = file
        self._folders = folders
        self._most = most
        self._lock = threading.Lock()

    @property
    def default(self) -> Path:
        """The first shared folder, else the owner's home."""
        return self._folders.default or Path.home()

    def start_of(self, thread_id: str) -> Start:
        """Where the thread's next command starts."""
        with self._lock:
            kept = self._read().get(thread_id)
        default = _resolved(self.default)
        if kept is None or Path(kept) == default:
            return Start(default)
        path = Path(kept)
        if not path.is_dir() or _resolved(path) != path:
            why = f"{path}, where this thread's last command ended, is gone"
            return Start(default, f"{why}; it starts in {default}.", gone=path)
        sentence = f"It starts in {path}, where this thread's last command ended"
        return Start(path, f"{sentence}.{'' if self._shares(path) else _OUTSIDE}")

    def leave(self, thread_id: str, path: Path) -> None:
        """Note where a command of the thread ended."""
        if not thread_id:
            return
        with self._lock:
            kept = self._read()
            kept.pop(thread_id, None)
            if path != _resolved(self.default):
                kept[thread_id] = str(path)
            self._write(dict(list(kept.items())[-self._most :]))

    def _shares(self, path: Path) -> bool:
        try:
            self._folders.resolve(str(path))
        except (OutsideFolders, NothingShared):
            return False
        except DispatchError:
            return True  # inside, and gone by now: starting there says so
        return True

    def _read(self) -> dict[str, str]:
        try:
            kept = json.loads(self._file.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            log.warning(
                "Threads start in the default folder: %s can't be read (%s)", self._file, error
            )
            return {}
        return kept if isinstance(kept, dict) else {}

    def _write(self, kept: dict[str, str]) -> None:
        try:
            write_private(self._file, json.dumps(kept, indent=1).encode())
        except OSError as error:
            log.warning("Where a thread is could not be kept in %s: %s", self._file, error)


_OUTSIDE = " That is outside the folders that this device shares."


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path
