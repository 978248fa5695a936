"""A folder in a .zip: the same folder makes the same bytes."""

import os
import stat
import time
import zipfile
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from device_agent.errors import FolderTooLarge
from device_agent.paths.tree import Found, IsClosed, Sort, walk_tree
from device_agent.tools.step import Stop
from dispatch_core.sizes import size_words

MOST_FILES = 10_000
PIECE = 1024 * 1024
UNIX = 3
# A .zip knows no date before this one, and counts in steps of two seconds.
EARLIEST = (1980, 1, 1, 0, 0, 0)
LATEST = (2107, 12, 31, 23, 59, 58)


@dataclass
class Archive:
    """Packs a folder: files and folders with their dates and plain rights, in their names' order.

    Symbolic links are left out, for they mean nothing elsewhere and lead anywhere; so are special
    files, mounts and what is closed. left_out counts them.
    """

    path: str
    name: str
    limit: int
    files: int = 0
    left: int = field(init=False)
    left_out: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.left = self.limit

    def pack(self, top: int, target: Path, is_closed: IsClosed, stop: Stop) -> None:
        """Write the archive; ends early where it is stopped. Raises FolderTooLarge, Unreadable."""
        with (
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
            closing(walk_tree(top, is_closed)) as tree,
        ):
            for found in tree:
                if stop.event.is_set():
                    return
                self._add(archive, found)

    def summary(self) -> str:
        """How much is in it, and what is not."""
        text = f"{self.files} file" + ("" if self.files == 1 else "s")
        if self.left_out:
            told = ", ".join(f"{count} {sort}" for sort, count in sorted(self.left_out.items()))
            text += f"; left out: {told}"
        return text + "."

    def _add(self, archive: zipfile.ZipFile, found: Found) -> None:
        if found.sort is Sort.FOLDER:
            archive.writestr(self._entry(found, "/"), b"")
        elif found.sort is Sort.FILE:
            self._add_file(archive, found)
        else:
            self.left_out[found.sort.value] += 1

    def _add_file(self, archive: zipfile.ZipFile, found: Found) -> None:
        if self.files >= MOST_FILES:
            limit = f"{MOST_FILES} files"
            raise FolderTooLarge(path=self.path, what=f"more than {limit}", limit=limit)
        with ExitStack() as opened:
            try:
                handle = opened.enter_context(found.open())
            except OSError:
                self.left_out[Sort.UNREADABLE.value] += 1
                return
            self._copy(archive, found, opened.enter_context(os.fdopen(os.dup(handle), "rb")))

    def _copy(self, archive: zipfile.ZipFile, found: Found, file: IO[bytes]) -> None:
        self.files += 1
        with archive.open(self._entry(found), "w") as entry:
            while piece := file.read(PIECE):
                self.left -= len(piece)
                if self.left < 0:
                    limit = size_words(self.limit)
                    raise FolderTooLarge(path=self.path, what=f"more than {limit}", limit=limit)
                entry.write(piece)

    def _entry(self, found: Found, ending: str = "") -> zipfile.ZipInfo:
        # On Windows a backslash parts names; here it is one of a name's letters.
        path = found.path.replace("\\", "_")
        name = f"{self.name}/{path}{ending}".encode("utf-8", "surrogateescape")
        date = time.gmtime(found.info.st_mtime)[:6]
        info = zipfile.ZipInfo(name.decode("utf-8", "replace"), min(max(date, EARLIEST), LATEST))
        info.create_system = UNIX
        info.compress_type = zipfile.ZIP_DEFLATED
        # setuid and the like are for nobody to take over.
        info.external_attr = (stat.S_IFMT(found.info.st_mode) | found.info.st_mode & 0o777) << 16
        return info
