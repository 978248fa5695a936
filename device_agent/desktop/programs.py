"""Which program a window belongs to, and whether typing into it could be granted for longer."""

import fnmatch
import os
from dataclasses import dataclass
from pathlib import Path

import psutil

# A file of such a name tells nothing of the program that it runs.
_INTERPRETERS = ("python*", "perl*", "ruby*", "node*", "java", "*sh", "electron*", "mono*", "wine*")
# What is typed here starts whatever it names.
_LAUNCHERS = ("gnome-shell", "plasmashell", "krunner", "rofi", "dmenu*", "*finder", "*panel*")
_TERMINALS = ("*term*", "konsole", "alacritty", "kitty", "tilix", "foot*", "guake", "yakuake")
MAX_CHILDREN = 200


@dataclass(frozen=True)
class Owner:
    """The process behind a window: name as people know it; path and pid where they are known."""

    name: str
    path: str | None = None
    pid: int | None = None

    def words(self) -> str:
        """The name and where the program lies."""
        return f"{self.name} ({self.path})" if self.path else f"{self.name}, a program unknown here"


def owner_of(pid: int | None, name: str) -> Owner:
    """The program of a process; name is what the window says of itself."""
    if pid is None:
        return Owner(name or "a window")
    try:
        path = psutil.Process(pid).exe() or None
    except (psutil.Error, OSError):
        path = None
    return Owner(name or (Path(path).name if path else "a window"), path, pid)


def why_never_granted(owner: Owner) -> str:
    """Why typing into a program is asked each time, in a sentence; empty where it may be granted.

    A terminal, a launcher and an interpreter would make such a grant one for every command.
    """
    if owner.path is None or owner.pid is None:
        return "Which program it is can't be told, so each time is asked."
    name = Path(owner.path).name
    if _fits(name, _TERMINALS) or _holds_terminal(owner.pid):
        return "What is typed in a terminal runs as commands, so each time is asked."
    if _fits(name, _LAUNCHERS):
        return "It can start any program, so each time is asked."
    if _fits(name, _INTERPRETERS):
        return f"{name} runs many programs, so each time is asked."
    return ""


def _fits(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(name.casefold(), pattern) for pattern in patterns)


def _holds_terminal(pid: int) -> bool:
    """Whether a process, or one that it started, is the master of a terminal, or can't be seen."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)[:MAX_CHILDREN]]
        return any(_opens_ptmx(each.pid) for each in family)
    except (psutil.Error, OSError):
        return True


def _opens_ptmx(pid: int) -> bool:
    folder = Path(f"/proc/{pid}/fd")
    for handle in folder.iterdir():
        try:
            if os.readlink(handle).startswith(("/dev/ptmx", "/dev/pts/ptmx")):  # noqa: PTH115
                return True
        except FileNotFoundError:
            continue  # closed meanwhile
    return False
