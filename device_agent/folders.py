"""Opens paths inside the folders that the owner shares, and nowhere else.

A path is first resolved through its symlinks, which tells in which folder it ends; then it is
opened from that folder downward with no symlink followed. Whoever swaps a part of the path for a
symlink in between makes the opening fail, never escape.
"""

import contextlib
import ctypes
import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from device_agent.errors import MissingPath, NothingShared, OutsideFolders, Unreadable, WrongSort

# linux/openat2.h; the number is the same on every architecture that Python has wheels for.
SYS_OPENAT2 = 437
RESOLVE_NO_MAGICLINKS = 0x02
RESOLVE_NO_SYMLINKS = 0x04
RESOLVE_BENEATH = 0x08
STRICT = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS
BASE_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY


class _OpenHow(ctypes.Structure):
    _fields_ = (
        ("flags", ctypes.c_uint64),
        ("mode", ctypes.c_uint64),
        ("resolve", ctypes.c_uint64),
    )


class Folders:
    """The shared folders; private is a folder inside them that stays closed all the same.

    Where shared is asked for (a callable), what its owner changed meanwhile holds at once.
    """

    def __init__(self, shared: Sequence[str] | Callable[[], Sequence[str]], private: Path) -> None:
        self._source = shared
        self._private = private.resolve()

    @property
    def _shared(self) -> list[Path]:
        source = self._source() if callable(self._source) else self._source
        return [Path(folder) for folder in source]

    @property
    def default(self) -> Path | None:
        """The first shared folder that is there now."""
        return next((folder for folder in self._shared if folder.is_dir()), None)

    @contextlib.contextmanager
    def open_file(self, path: str) -> Iterator[int]:
        """A descriptor of a regular file; raises OutsideFolders, MissingPath, Unreadable, …"""
        with self._open(path) as handle:
            mode = os.fstat(handle).st_mode
            if stat.S_ISDIR(mode):
                raise WrongSort(path=path, sort="a folder", hint=f"list it with `ls {path}`")
            if not stat.S_ISREG(mode):
                raise WrongSort(path=path, sort="no regular file", hint="it can't be sent")
            yield handle

    @contextlib.contextmanager
    def open_folder(self, path: str) -> Iterator[int]:
        """A descriptor of a folder; raises OutsideFolders, MissingPath, Unreadable, WrongSort."""
        with self._open(path) as handle:
            if not stat.S_ISDIR(os.fstat(handle).st_mode):
                raise WrongSort(path=path, sort="a file", hint=f"read it with `get {path}`")
            yield handle

    def resolve(self, path: str) -> tuple[Path, Path]:
        """The shared folder that a path ends in, and where in it; raises OutsideFolders."""
        shared = self._shared
        if not shared:
            raise NothingShared
        expanded = Path(path).expanduser() if path.startswith("~") else Path(path)
        try:
            resolved = Path(os.path.realpath(shared[0] / expanded))
        except (OSError, ValueError, RuntimeError):
            raise MissingPath(path=path) from None
        for folder in shared:
            if resolved.is_relative_to(folder) and not resolved.is_relative_to(self._private):
                return folder, resolved.relative_to(folder)
        raise OutsideFolders(path=path, shared=", ".join(map(str, shared)))

    @contextlib.contextmanager
    def _open(self, path: str) -> Iterator[int]:
        folder, inside = self.resolve(path)
        try:
            handle = _open_under(folder, inside)
        except OSError as error:
            raise self._explain(path, error) from None
        try:
            yield handle
        finally:
            os.close(handle)

    def _explain(self, path: str, error: OSError) -> Exception:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG):
            return MissingPath(path=path)
        if error.errno in (errno.ELOOP, errno.EXDEV):
            return OutsideFolders(path=path, shared=", ".join(map(str, self._shared)))
        return Unreadable(path=path, why=(error.strerror or "unknown").lower())


def _open_under(folder: Path, inside: Path) -> int:
    root = _open_beneath(None, folder.relative_to("/"), os.O_DIRECTORY)
    try:
        return _open_beneath(root, inside, 0)
    finally:
        os.close(root)


def _open_beneath(root: int | None, inside: Path, flags: int) -> int:
    """Open a path below a folder (None: below /) without following any symlink."""
    start = os.open("/", os.O_RDONLY | os.O_DIRECTORY) if root is None else os.dup(root)
    try:
        if sys.platform == "linux":
            with contextlib.suppress(NotImplementedError):
                return _openat2(start, inside, flags)
        return walk(start, inside, flags)
    finally:
        os.close(start)


def _openat2(start: int, inside: Path, flags: int) -> int:
    """Raises NotImplementedError where the kernel, or a container's filter, has no openat2."""
    how = _OpenHow(BASE_FLAGS | flags, 0, STRICT)
    libc = ctypes.CDLL(None, use_errno=True)
    for _ in range(16):  # EAGAIN: something was renamed meanwhile; the kernel asks to try again
        handle = libc.syscall(
            SYS_OPENAT2, start, os.fsencode(inside), ctypes.byref(how), ctypes.sizeof(how)
        )
        if handle >= 0:
            return int(handle)
        code = ctypes.get_errno()
        if code in (errno.ENOSYS, errno.EPERM):
            raise NotImplementedError
        if code != errno.EAGAIN:
            break
    raise OSError(code, os.strerror(code))


def walk(start: int, inside: Path, flags: int) -> int:
    """The same, a part at a time, where there is no openat2."""
    handle = os.dup(start)
    parts = inside.parts
    for position, part in enumerate(parts):
        last = position == len(parts) - 1
        try:
            below = os.open(part, BASE_FLAGS | (flags if last else os.O_DIRECTORY), dir_fd=handle)
        finally:
            os.close(handle)
        handle = below
    return handle
