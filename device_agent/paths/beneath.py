"""Opens a path below a folder's descriptor: no symlink, no `..`, no other mount on the way.

The kernel does it where it has openat2 (Linux 5.6); elsewhere it is walked, a name at a time.
"""

import contextlib
import ctypes
import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

# linux/openat2.h; the number is the same on every architecture that Python has wheels for.
SYS_OPENAT2 = 437
RESOLVE_NO_XDEV = 0x01
RESOLVE_NO_MAGICLINKS = 0x02
RESOLVE_NO_SYMLINKS = 0x04
RESOLVE_BENEATH = 0x08
STRICT = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS
# Not on Windows, where nothing here could keep its promise.
SUPPORTED = hasattr(os, "O_NOFOLLOW") and os.open in os.supports_dir_fd
NOFOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
BASE_FLAGS = os.O_RDONLY | NOFOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
FOLDER = getattr(os, "O_DIRECTORY", 0)
# To look at a folder's parent needs no right to list it.
LOOK = getattr(os, "O_PATH", os.O_RDONLY)

# A file or a folder, whatever it is called: its device and its inode.
Identity = tuple[int, int]


class _OpenHow(ctypes.Structure):
    _fields_ = (
        ("flags", ctypes.c_uint64),
        ("mode", ctypes.c_uint64),
        ("resolve", ctypes.c_uint64),
    )


def open_root(folder: Path) -> int:
    """A shared folder by its whole path, which may lead over mounts but over no symlink."""
    top = os.open("/", os.O_RDONLY | FOLDER)
    try:
        return _open(top, folder.relative_to("/"), FOLDER, mounts=True)
    finally:
        os.close(top)


def open_beneath(root: int, inside: Path, flags: int = 0) -> int:
    """Open a path below a folder's descriptor.

    Raises OSError: ELOOP or ENOTDIR for a symlink, EXDEV for a way out or another mount.
    """
    return _open(root, inside, flags, mounts=False)


def _open(start: int, inside: Path, flags: int, *, mounts: bool) -> int:
    if sys.platform == "linux":
        with contextlib.suppress(NotImplementedError):
            return _openat2(start, inside, flags, STRICT | (0 if mounts else RESOLVE_NO_XDEV))
    return walk(start, inside, flags, mounts=mounts)


def _openat2(start: int, inside: Path, flags: int, resolve: int) -> int:
    """Raises NotImplementedError where the kernel, or a container's filter, has no openat2."""
    how = _OpenHow(BASE_FLAGS | flags, 0, resolve)
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


def walk(start: int, inside: Path, flags: int, *, mounts: bool) -> int:
    """The same, a name at a time, where there is no openat2."""
    handle, mount = os.dup(start), mount_of(start)
    parts = inside.parts
    for position, part in enumerate(parts):
        last = position == len(parts) - 1
        try:
            if part in ("..", "/"):
                raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
            below = os.open(part, BASE_FLAGS | (flags if last else FOLDER), dir_fd=handle)
        finally:
            os.close(handle)
        handle = below
        if not mounts and mount_of(handle) != mount:
            os.close(handle)
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
    return handle


def mount_of(handle: int) -> object:
    """Tells mounts apart: the kernel's id of it, which a bind mount has too; else the device."""
    try:
        facts = Path(f"/proc/self/fdinfo/{handle}").read_text("ascii")
    except OSError:
        return os.fstat(handle).st_dev
    lines = (line.split() for line in facts.splitlines())
    return next((words[1] for words in lines if words[0] == "mnt_id:"), os.fstat(handle).st_dev)


def identity_of(info: os.stat_result) -> Identity:
    """Which file this is."""
    return info.st_dev, info.st_ino


def identity_at(path: Path) -> Identity | None:
    """Which file lies at a path, if any; a symlink is one of its own."""
    try:
        return identity_of(path.lstat())
    except OSError:
        return None


def lineage(handle: int) -> Iterator[Identity]:
    """Which folder this is, then which one holds it, up to the top."""
    handle = os.dup(handle)
    try:
        here = identity_of(os.fstat(handle))
        while True:
            yield here
            above = os.open("..", LOOK | FOLDER | NOFOLLOW, dir_fd=handle)
            os.close(handle)
            handle, below = above, here
            here = identity_of(os.fstat(handle))
            if here == below:
                return
    finally:
        os.close(handle)
