"""The shell that runs commands here."""

import shutil


def find_shell() -> str | None:
    """Where bash is, else sh; None where there is neither."""
    return shutil.which("bash") or shutil.which("sh")
