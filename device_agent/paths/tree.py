"""Walks a folder by descriptors: everything below it, and nothing that only seems to be."""

import errno
import os
import stat
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from device_agent.paths.beneath import FOLDER, identity_of, open_beneath

# Each level holds a descriptor, and a process has 256 of them on macOS.
DEEPEST = 64


class Sort(StrEnum):
    """What lies in a folder, and how it is told to a person where it is left out."""

    FILE = "file"
    FOLDER = "folder"
    SYMLINK = "symbolic link"
    SPECIAL = "special file"
    MOUNT = "other file system"
    CLOSED = "kept closed"
    UNREADABLE = "unreadable"
    TOO_DEEP = "too deep"


@dataclass(frozen=True)
class Found:
    """One entry of a tree; its parent's descriptor is good until the walk goes on.

    path is its place below the tree's top, with `/` between names; info is that of lstat.
    """

    path: str
    sort: Sort
    parent: int
    info: os.stat_result

    @property
    def name(self) -> str:
        """Its own name."""
        return self.path.rpartition("/")[2]

    @contextmanager
    def open(self) -> Iterator[int]:
        """A descriptor of this very file; raises OSError where it is another one by now."""
        handle = open_beneath(self.parent, Path(self.name))
        try:
            info = os.fstat(handle)
            if not stat.S_ISREG(info.st_mode) or identity_of(info) != identity_of(self.info):
                raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
            yield handle
        finally:
            os.close(handle)


# Asked with lstat's word and the place below the top; what it is True for is not opened.
IsClosed = Callable[[os.stat_result, str], bool]


def walk_tree(
    top: int, is_closed: IsClosed, path: str = "", depth: int = 0
) -> Generator[Found, None, None]:
    """All that lies below a folder's descriptor, each folder before what it holds, by name.

    No symlink is followed and no mount is entered: they are told as what they are.
    """
    for name in sorted(os.listdir(top), key=os.fsencode):
        try:
            info = os.stat(name, dir_fd=top, follow_symlinks=False)
        except FileNotFoundError:
            continue  # it is gone since the folder was read
        place = f"{path}{name}"
        if is_closed(info, place):
            yield Found(place, Sort.CLOSED, top, info)
        elif stat.S_ISDIR(info.st_mode):
            yield from _below(Found(place, Sort.FOLDER, top, info), is_closed, depth)
        else:
            yield Found(place, _sort(info), top, info)


def _below(folder: Found, is_closed: IsClosed, depth: int) -> Generator[Found, None, None]:
    try:
        handle = open_beneath(folder.parent, Path(folder.name), FOLDER)
    except OSError as error:
        sort = Sort.MOUNT if error.errno == errno.EXDEV else Sort.UNREADABLE
        yield Found(folder.path, sort, folder.parent, folder.info)
        return
    try:
        if depth >= DEEPEST:
            yield Found(folder.path, Sort.TOO_DEEP, folder.parent, folder.info)
        elif is_closed(os.fstat(handle), folder.path):  # swapped since it was looked at
            yield Found(folder.path, Sort.CLOSED, folder.parent, folder.info)
        else:
            yield folder
            yield from walk_tree(handle, is_closed, f"{folder.path}/", depth + 1)
    finally:
        os.close(handle)


def _sort(info: os.stat_result) -> Sort:
    if stat.S_ISREG(info.st_mode):
        return Sort.FILE
    return Sort.SYMLINK if stat.S_ISLNK(info.st_mode) else Sort.SPECIAL
