"""Watches what no single process's limit can hold: the memory and the files of all together."""

import os
from collections.abc import Iterator, Sequence

from dispatch_core.sandbox.limits import MIB, Limits

PAGE = os.sysconf("SC_PAGE_SIZE")


class Guard:
    """Looks into a running sandbox from outside, through folders that were opened at its start.

    proc is the sandbox's own /proc, rooms are its writable folders: descriptors, closed elsewhere.
    """

    def __init__(self, proc: int, rooms: Sequence[int], limits: Limits) -> None:
        self._proc = proc
        self._rooms = rooms
        self._limits = limits

    def breach(self) -> str:
        """Which limit is broken, as a sentence; empty while all hold. Takes about a millisecond."""
        limits = self._limits
        for room in self._rooms:
            state = os.fstatvfs(room)
            if state.f_files - state.f_ffree > limits.inodes:
                return f"It was ended because it made more than {limits.inodes:,} files."
        if self._over(sum(self._private())) and self._over(sum(self._proportional())):
            return f"It was ended because it used more than {limits.memory_mb:,} MB of memory."
        return ""

    def _over(self, used: int) -> bool:
        return used > self._limits.memory_mb * MIB

    def _private(self) -> Iterator[int]:
        """Bytes of each process that are not shared with a file: quick, and never too low."""
        for content in self._read("statm"):
            resident, shared = content.split()[1:3]
            yield (int(resident) - int(shared)) * PAGE

    def _proportional(self) -> Iterator[int]:
        """The same where a forked child's pages, shared with its parent, count once."""
        for content in self._read("smaps_rollup"):
            for line in content.splitlines():
                if line.startswith("Pss_Anon:"):
                    yield int(line.split()[1]) * 1024

    def _read(self, name: str) -> Iterator[str]:
        for pid in filter(str.isdigit, os.listdir(self._proc)):  # noqa: PTH208 (an open folder)
            try:
                fd = os.open(f"{pid}/{name}", os.O_RDONLY, dir_fd=self._proc)
                with os.fdopen(fd) as file:
                    yield file.read()
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended while we looked
