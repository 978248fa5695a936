"""A folder that stays closed inside the shared ones, by whatever name or link one comes to it."""

import os
import stat
from collections.abc import Collection
from pathlib import Path

from device_agent.paths.beneath import Identity, identity_at, identity_of


class ClosedFolder:
    """The companion's own home: it holds its key, its policy and what a browser remembers."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # Whatever is put in its place meanwhile, this one stays closed.
        self._first = identity_at(path)

    def identities(self) -> set[Identity]:
        """Which folder it is now, and which one it was at the start."""
        found = (self._first, identity_at(self.path))
        return {identity for identity in found if identity is not None}

    def holds(self, info: os.stat_result, files: Collection[Identity] | None = None) -> bool:
        """Whether this is the folder itself, or one of its files by another (hard) link.

        files is what files() gave, where many are asked about.
        """
        if stat.S_ISDIR(info.st_mode):
            return identity_of(info) in self.identities()
        if info.st_nlink < 2:
            return False
        return identity_of(info) in (self.files() if files is None else files)

    def files(self) -> frozenset[Identity]:
        """All files below it."""
        own = (Path(folder, name) for folder, _, names in os.walk(self.path) for name in names)
        return frozenset(found for path in own if (found := identity_at(path)) is not None)
