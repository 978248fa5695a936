"""Bytes kept on this machine's disk under their SHA-256."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PIECE = 1024 * 1024
UNFINISHED = "unfinished-"


@dataclass(frozen=True, slots=True)
class Blob:
    """What was stored."""

    sha256: str
    size_bytes: int


class Blobs:
    """A folder of blobs; blocking, so call it in a thread. Several processes may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def unfinished(self) -> Iterator[Path]:
        """A new, empty file for bytes that are to come, gone afterwards unless it was adopted."""
        fd, name = tempfile.mkstemp(prefix=UNFINISHED, dir=self._folder)
        os.close(fd)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def put(self, source: Path) -> Blob:
        """Store a copy of a file; when this returns it has reached the disk.

        The same content is stored once. OSError, a full disk for one, leaves nothing behind.
        """
        with self.unfinished() as unfinished:
            with unfinished.open("wb") as target:
                blob = _copy(source, target.fileno())
            self._settle(unfinished, self.path(blob.sha256))
        return blob

    def adopt(self, unfinished: Path, sha256: str) -> bool:
        """Store an unfinished file as it is; False where its bytes are not those."""
        with unfinished.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                return False
            os.fsync(file.fileno())
        self._settle(unfinished, self.path(sha256))
        return True

    def path(self, sha256: str) -> Path:
        """Where a blob is, or would be; ValueError for what is not a SHA-256 in lower-case hex."""
        if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
            raise ValueError(f"not a SHA-256: {sha256!r}")
        return self._folder / sha256[:2] / sha256

    def stored_before(self, moment: float) -> list[str]:
        """The SHA-256 of what was neither stored nor stored again since then, in Unix seconds."""
        return [path.name for path in self._folder.glob("*/*") if _is_older(path, moment)]

    def drop(self, hashes: Iterable[str], before: float) -> int:
        """Delete blobs that were not stored again since then; returns how many there were."""
        return sum(_delete(self.path(sha256), before) for sha256 in hashes)

    def tidy(self, before: float) -> int:
        """Delete what was begun before then and never finished; returns how much there was."""
        return sum(_delete(path, before) for path in self._folder.glob(f"{UNFINISHED}*"))

    def _settle(self, unfinished: Path, place: Path) -> None:
        place.parent.mkdir(exist_ok=True)
        # Replacing equal content is harmless, and tells the sweep that it is wanted again.
        unfinished.replace(place)
        for folder in (place.parent, self._folder):
            _sync_folder(folder)


def _copy(source: Path, target: int) -> Blob:
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
            size += len(piece)
            rest = memoryview(piece)
            while rest:
                rest = rest[os.write(target, rest) :]
    os.fsync(target)
    return Blob(digest.hexdigest(), size)


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _is_older(path: Path, moment: float) -> bool:
    try:
        return path.stat().st_mtime < moment
    except FileNotFoundError:  # another process sweeps too
        return False


def _delete(path: Path, before: float) -> bool:
    if not _is_older(path, before):
        return False
    path.unlink(missing_ok=True)
    return True
