"""Brings out the files that a program left: regular files only, with safe names, within limits."""

import os
import re
import shutil
import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dispatch_core.sandbox.job import LeftFile
from dispatch_core.sandbox.limits import MIB, Limits

MAX_DEPTH = 16
MAX_NAME_CHARS = 100
# Separators, control, format and direction characters, and what Windows can't have in a name.
UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff/\\:*?"<>|]')
OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
OPEN_FOLDER = OPEN_FILE | os.O_DIRECTORY


class Leftovers:
    """What was brought out of one working folder.

    files lie in `into` under safe names; left_out says in sentences what was not brought out.
    """

    def __init__(self, into: Path, limits: Limits) -> None:
        self.files: list[LeftFile] = []
        self._into = into
        self._limits = limits
        self._room = limits.files_mb * MIB
        self._refused: Counter[str] = Counter()

    @property
    def left_out(self) -> tuple[str, ...]:
        """One sentence for each reason."""
        return tuple(
            f"{count} {'file was' if count == 1 else 'files were'} left out: {reason}."
            for reason, count in self._refused.items()
        )

    def gather(self, work: int, attached: Mapping[str, Path]) -> None:
        """Copy each file under the open folder `work`, but not an attached one left as it was.

        Nothing may run in the folder any more. A link is never followed.
        """
        for folder, parts, entry in self._walk(work, ()):
            self._take(folder, parts, entry, attached)

    def _walk(
        self, folder: int, parts: tuple[str, ...]
    ) -> Iterator[tuple[int, tuple[str, ...], os.DirEntry[str]]]:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        yield from ((folder, (*parts, e.name), e) for e in entries if not _is_folder(e))
        for entry in filter(_is_folder, entries):
            if len(parts) >= MAX_DEPTH:
                self._refused["folders lie too deep in each other"] += 1
                continue
            try:
                inner = os.open(entry.name, OPEN_FOLDER, dir_fd=folder)
            except OSError:
                self._refused["a folder could not be read"] += 1
                continue
            with _closing(inner):
                yield from self._walk(inner, (*parts, entry.name))

    def _take(
        self,
        folder: int,
        parts: tuple[str, ...],
        entry: os.DirEntry[str],
        attached: Mapping[str, Path],
    ) -> None:
        if not entry.is_file(follow_symlinks=False):
            self._refused["links and devices are not brought out"] += 1
            return
        try:
            fd = os.open(entry.name, OPEN_FILE, dir_fd=folder)
        except OSError:
            self._refused["it could not be read"] += 1
            return
        with _closing(fd):
            original = attached.get(entry.name) if len(parts) == 1 else None
            if original is None or not _same(fd, original):
                self._bring_out(fd, parts)

    def _bring_out(self, fd: int, parts: tuple[str, ...]) -> None:
        state = os.fstat(fd)
        limits = self._limits
        if not stat.S_ISREG(state.st_mode):
            self._refused["links and devices are not brought out"] += 1
        elif len(self.files) >= limits.files:
            self._refused[f"at most {limits.files} files are brought out"] += 1
        elif state.st_size > self._room:
            self._refused[f"at most {limits.files_mb} MB are brought out"] += 1
        elif self._copy(fd, name := self._free_name(parts)):
            self._room -= state.st_size
            self.files.append(LeftFile(name, self._into / name))

    def _copy(self, fd: int, name: str) -> bool:
        try:
            with os.fdopen(os.dup(fd), "rb") as source, (self._into / name).open("xb") as target:
                shutil.copyfileobj(source, target, MIB)
        except OSError as error:
            (self._into / name).unlink(missing_ok=True)
            self._refused[f"it could not be copied ({error.strerror})"] += 1
            return False
        return True

    def _free_name(self, parts: tuple[str, ...]) -> str:
        name = safe_name(parts)
        stem, dot, ending = name.rpartition(".")
        taken, count = {file.name for file in self.files}, 1
        while name in taken:
            count += 1
            name = f"{stem}-{count}{dot}{ending}" if stem else f"{ending}-{count}"
        return name


def safe_name(parts: tuple[str, ...]) -> str:
    """A plain file name for a path: folders are joined with a dash, odd characters replaced."""
    name = "-".join(parts).encode(errors="surrogateescape").decode(errors="replace")
    name = UNSAFE.sub("_", name).strip(" .") or "file"
    stem, dot, ending = name.rpartition(".")
    if len(name) <= MAX_NAME_CHARS or not stem:
        return name[:MAX_NAME_CHARS]
    ending = ending[:20]
    return f"{stem[: MAX_NAME_CHARS - len(ending) - 1]}{dot}{ending}"


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _same(fd: int, original: Path) -> bool:
    """Whether the open file has the bytes of the original; leaves its offset where it was."""
    if os.fstat(fd).st_size != original.stat().st_size:
        return False
    with os.fdopen(os.dup(fd), "rb") as now, original.open("rb") as before:
        same = all(piece == before.read(MIB) for piece in iter(lambda: now.read(MIB), b""))
    os.lseek(fd, 0, os.SEEK_SET)
    return same


@contextmanager
def _closing(fd: int) -> Iterator[None]:
    try:
        yield
    finally:
        os.close(fd)
