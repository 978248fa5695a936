"""Puts a file in place in one move: the whole new one, or the old one, and never another's.

Everything is done below the descriptor of the folder that was opened, by plain names, so that no
symlink is followed and nothing lands elsewhere, whatever is renamed meanwhile.
"""

import contextlib
import ctypes
import errno
import hashlib
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from device_agent.errors import ChangedMeanwhile, NotWritable, SymlinkInPlace, WrongSort
from device_agent.paths.beneath import NOFOLLOW, open_beneath

ABSENT = "absent"
PIECE = 1024 * 1024
# What is there is kept to be compared; a longer file is told by its size.
KEPT_BYTES = PIECE
# All of what is replaced is hashed, twice; a larger file than this is no chat's to replace.
LARGEST_REPLACED = 1024 * PIECE
PLAIN_MODE = 0o777
# Rights that a file has by itself: whoever replaces such a file would take, or give, them.
SPECIAL_MODE = stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX
CAPABILITIES = "security.capability"
# linux/fs.h and sys/stdio.h of macOS: swap two names in one move.
RENAME_EXCHANGE = 2
NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
NO_NAMELESS = {errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT}


@dataclass(frozen=True)
class Present:
    """What is there before the write: its SHA-256, or ABSENT with no info.

    head is the very bytes that were hashed, up to KEPT_BYTES.
    """

    sha256: str
    info: os.stat_result | None = None
    head: bytes = b""


def present_at(parent: int, name: str, path: str) -> Present:
    """What a name in a folder is now; raises SymlinkInPlace, WrongSort, NotWritable."""
    try:
        info = os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return Present(ABSENT)
    except OSError as error:
        raise _not_writable(path, error) from None
    _check_replaceable(path, info)
    try:
        handle = open_beneath(parent, Path(name))
    except OSError as error:
        raise _not_writable(path, error) from None
    with os.fdopen(handle, "rb") as file:
        _check_rights(path, handle)
        head = file.read(KEPT_BYTES)
        digest = hashlib.sha256(head)
        while piece := file.read(PIECE):
            digest.update(piece)
        return Present(digest.hexdigest(), os.fstat(handle), head)


def put(parent: int, name: str, source: IO[bytes], approved: str, path: str) -> None:
    """Let a name stand for these bytes, where what is there has the SHA-256 that was approved.

    Raises ChangedMeanwhile where it has not, and then nothing is changed; NotWritable.
    """
    present = present_at(parent, name, path)
    if present.sha256 != approved:
        raise ChangedMeanwhile(path=path)
    try:
        with _filled(parent, source, present.info) as new:
            if present.info is None:
                _publish(parent, new, name)
            else:
                _replace(parent, new, name, approved, path)
        os.fsync(parent)
    except FileExistsError:
        raise ChangedMeanwhile(path=path) from None
    except OSError as error:
        raise _not_writable(path, error) from None


@dataclass(frozen=True)
class _New:
    """A file that is complete; its name is empty where it has none yet."""

    handle: int
    name: str


@contextlib.contextmanager
def _filled(parent: int, source: IO[bytes], like: os.stat_result | None) -> Iterator[_New]:
    new = _new_file(parent)
    try:
        while piece := source.read(PIECE):
            _write_all(new.handle, piece)
        if like is not None:
            _take_after(new.handle, like)
        os.fsync(new.handle)
        yield new
    finally:
        os.close(new.handle)
        if new.name:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(new.name, dir_fd=parent)


def _new_file(parent: int) -> _New:
    """A nameless file where the system has such: a companion that is killed leaves none behind."""
    flags = os.O_RDWR | NOFOLLOW
    if sys.platform == "linux":
        try:
            return _New(os.open(".", flags | os.O_TMPFILE, 0o666, dir_fd=parent), "")
        except OSError as error:
            if error.errno not in NO_NAMELESS:
                raise
    name = _spare_name()
    return _New(os.open(name, flags | os.O_CREAT | os.O_EXCL, 0o666, dir_fd=parent), name)


def _spare_name() -> str:
    return f".dispatch-{secrets.token_hex(8)}.part"


def _write_all(handle: int, piece: bytes) -> None:
    view = memoryview(piece)
    while view:
        view = view[os.write(handle, view) :]


def _take_after(handle: int, like: os.stat_result) -> None:
    """Owner, group and mode of the file that is replaced; raises OSError where it can't be."""
    own = os.fstat(handle)
    if (own.st_uid, own.st_gid) != (like.st_uid, like.st_gid):
        os.fchown(handle, like.st_uid, like.st_gid)
    os.fchmod(handle, like.st_mode & PLAIN_MODE)


def _publish(parent: int, new: _New, name: str) -> None:
    """Give a new file its name; raises FileExistsError where the name is taken."""
    try:
        _link(parent, new, name)
    except OSError as error:
        if error.errno not in NO_LINKS or not new.name:
            raise
        # No hard links here (FAT): the name is taken first, and then the file is moved onto it.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NOFOLLOW
        os.close(os.open(name, flags, 0o600, dir_fd=parent))
        os.rename(new.name, name, src_dir_fd=parent, dst_dir_fd=parent)


def _link(parent: int, new: _New, name: str) -> None:
    if new.name:
        os.link(new.name, name, src_dir_fd=parent, dst_dir_fd=parent, follow_symlinks=False)
    else:
        os.link(f"/proc/self/fd/{new.handle}", name, dst_dir_fd=parent, follow_symlinks=True)


def _replace(parent: int, new: _New, name: str, approved: str, path: str) -> None:
    """Swap, then look at what was swapped out: whoever wrote last keeps what they wrote."""
    spare = new.name or _spare_name()
    if not new.name:
        _link(parent, new, spare)
    try:
        if not _exchange(parent, spare, name):
            os.rename(spare, name, src_dir_fd=parent, dst_dir_fd=parent)
        elif not _is_still(parent, spare, approved):
            _exchange(parent, spare, name)
            raise ChangedMeanwhile(path=path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(spare, dir_fd=parent)


def _is_still(parent: int, name: str, approved: str) -> bool:
    try:
        return present_at(parent, name, name).sha256 == approved
    except (SymlinkInPlace, WrongSort, NotWritable):
        return False


def _exchange(parent: int, one: str, other: str) -> bool:
    """Swap two names in one move; False where this system can't."""
    libc = ctypes.CDLL(None, use_errno=True)
    swap = getattr(libc, "renameatx_np" if sys.platform == "darwin" else "renameat2", None)
    if swap is None:
        return False
    names = os.fsencode(one), os.fsencode(other)
    if swap(parent, names[0], parent, names[1], RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code))


def _check_replaceable(path: str, info: os.stat_result) -> None:
    if stat.S_ISLNK(info.st_mode):
        raise SymlinkInPlace(path=path)
    if stat.S_ISDIR(info.st_mode):
        raise WrongSort(path=path, sort="a folder", hint="name a file in it")
    if not stat.S_ISREG(info.st_mode):
        raise WrongSort(path=path, sort="no regular file", hint="it can't be replaced")
    if info.st_size > LARGEST_REPLACED:
        raise NotWritable(path=path, why="it is larger than 1 GB")
    if info.st_mode & SPECIAL_MODE:
        raise NotWritable(path=path, why="it has a right of its own (setuid, setgid or sticky)")


def _check_rights(path: str, handle: int) -> None:
    """Raise NotWritable for a program with capabilities, which are lost or given by a write."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            if CAPABILITIES in os.listxattr(handle):
                raise NotWritable(path=path, why="it has rights of its own (capabilities)")


def _not_writable(path: str, error: OSError) -> Exception:
    if error.errno == errno.ELOOP:
        return SymlinkInPlace(path=path)
    if error.errno == errno.EXDEV:
        return NotWritable(path=path, why="another file system is mounted there")
    return NotWritable(path=path, why=(error.strerror or "unknown").lower())
