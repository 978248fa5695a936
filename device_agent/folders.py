"""Opens paths inside the folders that the owner shares, and nowhere else.

A path is first resolved through its symlinks, which tells in which folder it ends; then it is
opened from that folder downward with no symlink followed and no mount crossed. Whoever swaps a
part of the path for a symlink in between makes the opening fail, never escape.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from device_agent.errors import (
    MissingPath,
    NothingShared,
    OtherMount,
    OutsideFolders,
    Unreadable,
    WrongSort,
)
from device_agent.paths.beneath import (
    FOLDER,
    identity_at,
    lineage,
    open_beneath,
    open_root,
)
from device_agent.paths.closed import ClosedFolder
from device_agent.paths.written import check_path, expanded, must_be_folder

HERE = Path()


@dataclass(frozen=True)
class Place:
    """Where a path ends: the shared folder, and where in it; whole is both."""

    folder: Path
    inside: Path

    @property
    def whole(self) -> Path:
        """The absolute path, with no symlink in it but perhaps its last name."""
        return self.folder / self.inside


class Folders:
    """The shared folders; private is a folder inside them that stays closed all the same.

    Where shared is asked for (a callable), what its owner changed meanwhile holds at once.
    """

    def __init__(self, shared: Sequence[str] | Callable[[], Sequence[str]], private: Path) -> None:
        self._source = shared
        self.closed = ClosedFolder(private.resolve())

    @property
    def shared(self) -> tuple[Path, ...]:
        """All of them, as the owner named them."""
        source = self._source() if callable(self._source) else self._source
        return tuple(Path(folder) for folder in source)

    @property
    def private(self) -> Path:
        """The folder that stays closed even where it lies inside a shared one."""
        return self.closed.path

    @property
    def default(self) -> Path | None:
        """The first shared folder that is there now."""
        return next((folder for folder in self.shared if folder.is_dir()), None)

    @contextlib.contextmanager
    def open_file(self, path: str, place: Place | None = None) -> Iterator[int]:
        """A descriptor of a regular file; raises OutsideFolders, MissingPath, Unreadable, …

        Where a place is given, this is what is opened, wherever the path leads by now.
        """
        with self.open_any(path, place) as handle:
            if stat.S_ISDIR(os.fstat(handle).st_mode):
                raise WrongSort(path=path, sort="a folder", hint=f"list it with `ls {path}`")
            yield handle

    @contextlib.contextmanager
    def open_folder(self, path: str, place: Place | None = None) -> Iterator[int]:
        """A descriptor of a folder; raises OutsideFolders, MissingPath, Unreadable, WrongSort."""
        with self.open_any(path, place) as handle:
            if not stat.S_ISDIR(os.fstat(handle).st_mode):
                raise WrongSort(path=path, sort="a file", hint=f"read it with `get {path}`")
            yield handle

    @contextlib.contextmanager
    def open_any(self, path: str, place: Place | None = None) -> Iterator[int]:
        """A descriptor of a regular file or a folder; raises as the others do."""
        with self._open(path, place or self.place(path)) as handle:
            yield handle

    @contextlib.contextmanager
    def open_parent(self, place: Place, path: str) -> Iterator[int]:
        """A descriptor of the folder that holds a place, for writing there; raises likewise."""
        with self._open_folder_of(path, place) as handle:
            yield handle

    def place(self, path: str) -> Place:
        """Where a path ends, all its symlinks followed; raises OutsideFolders, BadPath, …"""
        return Place(*self.resolve(path))

    def place_to_write(self, path: str) -> Place:
        """Where a path ends; its last name is taken as it is written, symlink or not.

        Raises WrongSort, OutsideFolders, BadPath, …
        """
        whole = self._anchored(path)
        if must_be_folder(path) or whole.name in ("", ".."):
            raise WrongSort(path=path, sort="a folder's path", hint="name the file in it")
        place = Place(*self._contain(path, self._real(path, whole.parent) / whole.name))
        if place.inside == HERE:
            raise WrongSort(path=path, sort="a folder", hint="name the file in it")
        return place

    def resolve(self, path: str) -> tuple[Path, Path]:
        """The shared folder that a path ends in, and where in it; raises OutsideFolders."""
        return self._contain(path, self._real(path, self._anchored(path)))

    def is_private(self, info: os.stat_result) -> bool:
        """Whether this is the companion's own home, or a file of it by another (hard) link."""
        return self.closed.holds(info)

    def _anchored(self, path: str) -> Path:
        check_path(path)
        shared = self.shared
        if not shared:
            raise NothingShared
        return shared[0] / expanded(path)

    def _real(self, path: str, whole: Path) -> Path:
        try:
            return Path(os.path.realpath(whole))
        except (OSError, ValueError):
            raise MissingPath(path=path) from None

    def _contain(self, path: str, whole: Path) -> tuple[Path, Path]:
        """The innermost shared folder that holds it: one may be mounted inside another."""
        holding = [folder for folder in self.shared if whole.is_relative_to(folder)]
        if not holding or whole.is_relative_to(self.closed.path):
            raise self._outside(path)
        folder = max(holding, key=lambda each: len(each.parts))
        return folder, whole.relative_to(folder)

    @contextlib.contextmanager
    def _open(self, path: str, place: Place) -> Iterator[int]:
        with self._open_folder_of(path, place) as parent:
            handle = self._open_last(path, parent, place.inside)
            try:
                yield handle
            finally:
                os.close(handle)

    @contextlib.contextmanager
    def _open_folder_of(self, path: str, place: Place) -> Iterator[int]:
        try:
            root = open_root(place.folder)
            try:
                parent = open_beneath(root, place.inside.parent, FOLDER)
            finally:
                os.close(root)
        except OSError as error:
            raise self._explain(path, error) from None
        try:
            self._check_lineage(path, parent, place.folder)
            yield parent
        finally:
            os.close(parent)

    def _open_last(self, path: str, parent: int, inside: Path) -> int:
        """Looked at before it is opened: to open a device is to make it do something."""
        name = Path(inside.name) if inside.name else HERE
        try:
            self._check_entry(path, os.stat(name, dir_fd=parent, follow_symlinks=False))
            handle = open_beneath(parent, name)
        except OSError as error:
            raise self._explain(path, error) from None
        try:
            self._check_entry(path, os.fstat(handle))
        except BaseException:
            os.close(handle)
            raise
        return handle

    def _check_entry(self, path: str, info: os.stat_result) -> None:
        _check_sort(path, info)
        if self.closed.holds(info):
            raise self._outside(path)

    def _check_lineage(self, path: str, handle: int, folder: Path) -> None:
        """It lies in the shared folder by now, and not in the closed one by any of its names.

        Names alone don't tell: some file systems take `.Home` for `.home`.
        """
        closed, top = self.closed.identities(), identity_at(folder)
        try:
            for identity in lineage(handle):
                if identity in closed:
                    break
                if identity == top:
                    return
        except OSError as error:
            raise self._explain(path, error) from None
        raise self._outside(path)

    def _outside(self, path: str) -> OutsideFolders:
        return OutsideFolders(path=path, shared=", ".join(map(str, self.shared)))

    def _explain(self, path: str, error: OSError) -> Exception:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG):
            return MissingPath(path=path)
        if error.errno == errno.EXDEV:
            return OtherMount(path=path)
        if error.errno == errno.ELOOP:
            return self._outside(path)
        return Unreadable(path=path, why=(error.strerror or "unknown").lower())


def _check_sort(path: str, info: os.stat_result) -> None:
    """Raise what refuses a pipe, a socket or a device; a symlink is refused as it is opened."""
    mode = info.st_mode
    if stat.S_ISDIR(mode):
        return
    if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
        raise WrongSort(path=path, sort="no regular file", hint="it can't be sent")
    if must_be_folder(path):
        raise WrongSort(path=path, sort="a file", hint="write it without the slash at its end")
