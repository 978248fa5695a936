"""The SHA-256 of files whose bytes an approval binds: scripts, and programs that may change."""

import hashlib
import os
import stat
from pathlib import Path

# A larger file is no script; hashing it twice for each command would be felt.
MOST_BYTES = 64 * 1024 * 1024


def sha256_of(path: Path) -> str | None:
    """The hash of a regular file's bytes, in hex; None where it can't be read or is too large."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError):
        return None
    try:
        info = os.fstat(handle)
        if not stat.S_ISREG(info.st_mode) or info.st_size > MOST_BYTES:
            return None
        with os.fdopen(handle, "rb", closefd=False) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
    finally:
        os.close(handle)
