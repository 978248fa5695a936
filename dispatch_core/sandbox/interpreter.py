"""Where the Python of this process lives, so that sandboxed code has its numpy and matplotlib."""

import sys
from pathlib import Path

SHOWN_ANYWAY = Path("/usr")


def python() -> Path:
    """The interpreter as it was called, not resolved: a venv is known by its own path."""
    return Path(sys.executable)


def folders() -> tuple[Path, ...]:
    """The folders outside /usr that Python needs to start: the venv and what it stands on.

    A prefix may be a symbolic link (uv, Homebrew), so what it points to is listed too.
    """
    named = [Path(sys.prefix), Path(sys.base_prefix), python().resolve().parent.parent]
    found = {folder for name in named for folder in (name.absolute(), name.resolve())}
    return tuple(sorted(folder for folder in found if _needed(folder)))


def _needed(folder: Path) -> bool:
    # A prefix of "/" would show the whole machine; such a Python lives in /usr anyway.
    return folder != Path("/") and not folder.is_relative_to(SHOWN_ANYWAY)
