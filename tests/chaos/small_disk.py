"""A small tmpfs that can be filled to its last byte; only root can mount one."""

import contextlib
import errno
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

SIZE = "4m"
BALLAST = "ballast"


@dataclass
class SmallDisk:
    """A folder that has a disk of its own; what says what is kept there."""

    folder: Path
    what: str
    mounted: bool = field(default=False, init=False)
    why_not: str = field(default="", init=False)

    def mount(self) -> bool:
        """Mount it; False, and why, where that is not allowed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        words = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0700", "tmpfs", self.folder]
        try:
            subprocess.run(words, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            said = getattr(error, "stderr", b"") or str(error).encode()
            self.why_not = said.decode(errors="replace").strip()
            return False
        self.mounted = True
        return True

    def fill(self) -> None:
        """Leave no byte free."""
        with (
            contextlib.suppress(OSError),
            (self.folder / BALLAST).open("ab", buffering=0) as ballast,
        ):
            _write_all(ballast.fileno())

    def empty(self) -> None:
        """Take the ballast away."""
        (self.folder / BALLAST).unlink(missing_ok=True)

    def unmount(self) -> None:
        """Take it away, even where somebody still holds a file on it."""
        if self.mounted:
            subprocess.run(["umount", "-l", self.folder], check=False, capture_output=True)
            self.mounted = False


def _write_all(handle: int) -> None:
    for size in (65_536, 4_096, 1):
        try:
            while True:
                os.write(handle, b"x" * size)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
