"""Open files that bubblewrap inherits: their content never stands on a command line."""

import os
from pathlib import Path
from types import TracebackType


class Handed:
    """File descriptors to pass on; all are closed here when the block ends."""

    def __init__(self) -> None:
        self.fds: list[int] = []

    def __enter__(self) -> "Handed":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for fd in self.fds:
            os.close(fd)

    def content(self, content: bytes) -> str:
        """Hand over bytes; returns the descriptor's number as bubblewrap wants it."""
        fd = self.keep(os.memfd_create("dispatch"))
        with os.fdopen(fd, "wb", closefd=False) as memory:
            memory.write(content)
        os.lseek(fd, 0, os.SEEK_SET)
        return str(fd)

    def blank(self) -> int:
        """Hand over a file in memory to write to; a pipe would kill its writer once we are dead."""
        return self.keep(os.memfd_create("dispatch"))

    def file(self, path: Path) -> str:
        """Hand over a file for reading, whoever may open it."""
        return str(self.keep(os.open(path, os.O_RDONLY | os.O_CLOEXEC)))

    def keep(self, fd: int) -> int:
        """Hand over a descriptor that is already open."""
        self.fds.append(fd)
        return fd
