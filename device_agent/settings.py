"""What the companion keeps in its home: whom it is paired with, and what it may do there."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from device_agent.errors import DamagedFile, NotPairedYet
from dispatch_core.abilities import Permissions
from dispatch_core.errors import SettingError


def device_home() -> Path:
    """DISPATCH_DEVICE_HOME, else ~/.dispatch-device; made private where it does not exist.

    Raises SettingError where nothing can be written to it.
    """
    home = Path(os.environ.get("DISPATCH_DEVICE_HOME") or "~/.dispatch-device").expanduser()
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            return home.resolve()
    except OSError as error:
        problem = f"is wrong: {home} can't be written to ({error.strerror})"
        raise SettingError(name="DISPATCH_DEVICE_HOME", problem=problem) from None


class Pairing(BaseModel):
    """The file pairing.json; folders are absolute and without symlinks, the first is the default.

    insecure tells that the owner accepted plain HTTP to another computer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    device_id: str
    name: str
    permissions: Permissions
    folders: tuple[str, ...] = ()
    insecure: bool = False

    @classmethod
    def load(cls, home: Path) -> "Pairing":
        """Read it; raises NotPairedYet, DamagedFile."""
        path = home / "pairing.json"
        try:
            return cls.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            raise NotPairedYet from None
        except ValidationError:
            mend = "pair this computer again"
            raise DamagedFile(path=path, why="it is damaged", mend=mend) from None

    def save(self, home: Path) -> None:
        """Replace it in one move."""
        write_private(home / "pairing.json", self.model_dump_json(indent=2).encode())


class KeptPairing:
    """The pairing as its file says it now: what its owner changes holds for the next step."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._mark = self._look()
        self._pairing = Pairing.load(home)
        self._confirmed: Sequence[str] | None = None

    def now(self) -> Pairing:
        """The pairing; one that may nothing where the file is gone or damaged."""
        mark = self._look()
        if mark != self._mark:
            self._mark, self._pairing = mark, self._load()
        return self._pairing

    def confirm(self, folders: Sequence[str] | None) -> None:
        """Take the core's word on which folders the owner confirmed; None: it says nothing."""
        self._confirmed = folders

    def folders(self) -> tuple[str, ...]:
        """The folders that are shared now, and confirmed."""
        shared, confirmed = self.now().folders, self._confirmed
        if confirmed is None:
            return shared
        known = [Path(folder) for folder in confirmed]
        return tuple(f for f in shared if any(Path(f).is_relative_to(each) for each in known))

    def _load(self) -> Pairing:
        try:
            return Pairing.load(self._home)
        except (NotPairedYet, DamagedFile):
            return self._pairing.model_copy(update={"permissions": Permissions(), "folders": ()})

    def _look(self) -> tuple[int, int] | None:
        try:
            info = (self._home / "pairing.json").stat()
        except OSError:
            return None
        return info.st_ino, info.st_mtime_ns  # each change is a new file, see write_private


def write_private(path: Path, data: bytes) -> None:
    """Replace a file in one durable move; only its owner can read it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:  # mkstemp makes it 0600
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a folder's new and renamed entries durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
