"""Documents in folders, searched: read by format, indexed, and read again when they change."""

import logging
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dispatch_core.knowledge.index import Index
from dispatch_core.knowledge.passages import Passage, passages_of
from dispatch_core.knowledge.readers import READERS

LARGEST_FILE = 20_000_000
MOST_FILES = 5_000
# How old the last look at the folders may be before a search looks again.
LOOK_AGAIN_SECONDS = 1.0
_SKIPPED = {"node_modules", "__pycache__"}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Stamp:
    modified_ns: int
    size: int


@dataclass(frozen=True, slots=True)
class _Document:
    name: str
    stamp: _Stamp
    passages: tuple[Passage, ...]


def default_documents() -> tuple[Path, ...]:
    """Dispatch's own docs: beside the package, or where an installation puts them."""
    beside = Path(__file__).resolve().parents[2]
    installed = Path(sys.prefix) / "share" / "dispatch"
    for root in (beside, installed):
        found = tuple(path for path in (root / "README.md", root / "docs") if path.exists())
        if found:
            return found
    return ()


class Library:
    """Answers searches over folders (or single files); may be used from several threads."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(Path(folder).expanduser().resolve() for folder in folders)
        self._documents: dict[Path, _Document] = {}
        self._index = Index(())
        self._looked_at = float("-inf")
        self._lock = threading.Lock()

    def search(self, query: str, limit: int = 5) -> list[Passage]:
        """The passages that have the most of the question's words, best first.

        Blocks, as it reads files that are new or changed: call it in a thread.
        """
        return self._fresh().search(query, limit)

    def files(self) -> tuple[str, ...]:
        """The names of the documents that could be read, sorted."""
        self._fresh()
        with self._lock:
            return tuple(sorted(d.name for d in self._documents.values() if d.passages))

    def _fresh(self) -> Index:
        with self._lock:
            if time.monotonic() - self._looked_at >= LOOK_AGAIN_SECONDS:
                self._look()
                self._looked_at = time.monotonic()
            return self._index

    def _look(self) -> None:
        found = dict(self._found())
        if {path: d.stamp for path, d in self._documents.items()} == {
            path: stamp for path, (_, stamp) in found.items()
        }:
            return
        self._documents = {
            path: self._kept(path, stamp) or _read(path, name, stamp)
            for path, (name, stamp) in found.items()
        }
        self._index = Index(p for d in self._documents.values() for p in d.passages)

    def _kept(self, path: Path, stamp: _Stamp) -> _Document | None:
        document = self._documents.get(path)
        return document if document is not None and document.stamp == stamp else None

    def _found(self) -> Iterator[tuple[Path, tuple[str, _Stamp]]]:
        count = 0
        for folder in self._folders:
            for path in _files_in(folder):
                stamp = _stamp(path, folder)
                if stamp is None:
                    continue
                if count >= MOST_FILES:
                    log.warning("more than %s documents; the rest is left out", MOST_FILES)
                    return
                count += 1
                yield path, (_name(path, folder), stamp)


def _files_in(folder: Path) -> Iterator[Path]:
    if folder.is_file():
        yield folder
        return
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(n for n in folders if not n.startswith(".") and n not in _SKIPPED)
        for name in sorted(names):
            if Path(name).suffix.lower() in READERS and not name.startswith("."):
                yield Path(root) / name


def _name(path: Path, folder: Path) -> str:
    return path.name if path == folder else f"{folder.name}/{path.relative_to(folder).as_posix()}"


def _stamp(path: Path, folder: Path) -> _Stamp | None:
    """The file's time and size; None where it is no plain file inside the folder, or too large."""
    try:
        if not path.resolve().is_relative_to(folder) or not path.is_file():
            return None
        status = path.stat()
    except OSError as error:
        log.warning("%s is left out: %s", path, error)
        return None
    if status.st_size > LARGEST_FILE:
        log.warning("%s is left out: larger than %s bytes", path, LARGEST_FILE)
        return None
    return _Stamp(status.st_mtime_ns, status.st_size)


def _read(path: Path, name: str, stamp: _Stamp) -> _Document:
    """Read a document; one that can't be read has no passages until it changes."""
    reader = READERS.get(path.suffix.lower(), READERS[".txt"])
    try:
        passages = tuple(passages_of(name, reader(path.read_bytes())))
    except Exception as error:  # noqa: BLE001 (parsers of foreign files raise whatever they like)
        log.warning("%s can't be read and is left out: %s", path, error or type(error).__name__)
        passages = ()
    return _Document(name, stamp, passages)
