"""A thread with files, as a tool sees it."""

from collections.abc import Collection, Sequence
from pathlib import Path
from types import SimpleNamespace

from dispatch_core.errors import AttachmentUnavailable
from dispatch_core.views import AttachedFile

NOTES = """# Shop

We sell pears.

## Refunds

Refunds are paid within 14 days of the return.

## Delivery

- two days in town
- five days abroad
"""


class Thread:
    """A step's context whose thread has these files, oldest first."""

    timeout_seconds = 60.0

    def __init__(self, files: dict[str, str | bytes], own: Collection[str] = ()) -> None:
        self._content = {
            name: text if isinstance(text, bytes) else text.encode() for name, text in files.items()
        }
        self._own = frozenset(own)
        self.fetched: list[str] = []
        self.work = SimpleNamespace(files=tuple(map(self._file, self._content)))

    def _file(self, name: str) -> AttachedFile:
        return AttachedFile(name, "", len(self._content[name]), name)

    async def asked_with(self) -> frozenset[str]:
        return self._own

    async def files_into(self, folder: Path, only: Collection[str]) -> Sequence[str]:
        names = [name for name in self._content if name in only]
        if "gone.txt" in names:
            raise AttachmentUnavailable(name="gone.txt", why="deleted")
        for name in names:
            self.fetched.append(name)
            (folder / str(len(self.fetched))).write_bytes(self._content[name])
        return [str(len(self.fetched))]
