"""All the processes that came of a command, wherever they hid.

On Linux the guard is their subreaper: each is its child or below one, whatever it did. Elsewhere
they are known by their parents, by the sessions that they are in and by a mark in their
environment; to know them all, a guard must look while the command runs, before parents are gone.
"""

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterable
from typing import Protocol

import psutil

PR_SET_CHILD_SUBREAPER = 36
RETRY_SECONDS = 0.01


class Family(Protocol):
    """The processes of one command."""

    def members(self) -> list[psutil.Process]:
        """Those that live."""


class Adopted:
    """The family of a guard that is its subreaper: all that is below this process."""

    def members(self) -> list[psutil.Process]:
        """From the top; one that ended and was not waited for by its parent counts."""
        return psutil.Process().children(recursive=True)


class Marked:
    """The family known by its looks: parents, sessions, and the mark in its environment.

    A descendant that clears its environment, starts a session and loses its parent, all between
    two looks, is not known.
    """

    def __init__(self, name: str, value: str, roots: Iterable[int] = ()) -> None:
        """name and value are the mark's; roots are the processes to begin with."""
        self._name = name
        self._value = value
        self._known: set[psutil.Process] = set()
        self._strangers: set[psutil.Process] = set()
        self._sessions: set[int] = set()
        for pid in roots:
            with contextlib.suppress(psutil.NoSuchProcess):
                self._known.add(psutil.Process(pid))

    def members(self) -> list[psutil.Process]:
        """Look at every process of this computer that was not seen before."""
        unknown = {each for each in psutil.process_iter() if each.pid != os.getpid()}
        unknown -= self._known
        while found := {each for each in unknown if self._belongs(each)}:
            self._known |= found
            unknown -= found
        self._strangers &= unknown
        self._known = {each for each in self._known if _lives(each)}
        self._sessions = {session for each in self._known if (session := session_of(each.pid)) > 0}
        return list(self._known)

    def _belongs(self, process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error):
            parent = process.ppid()
            if any(each.pid == parent for each in self._known):
                return True
            if session_of(process.pid) in self._sessions:
                return True
            if process not in self._strangers:
                return self._is_marked(process)
        return False

    def _is_marked(self, process: psutil.Process) -> bool:
        environment = process.environ()
        if environment and self._name not in environment:
            self._strangers.add(process)  # one that is just being started shows none yet
        return environment.get(self._name) == self._value


def send(family: Family, number: signal.Signals) -> int:
    """Send a signal to each of a family; how many there were."""
    members = family.members()
    if number == signal.SIGKILL:
        _kill_groups(members)
    for each in members:
        # psutil passes over one whose process id was given to another meanwhile.
        with contextlib.suppress(psutil.Error):
            each.send_signal(number)
    return len(members)


def kill_all(family: Family, seconds: float) -> None:
    """Kill a family whose guard is gone, trying for some seconds."""
    until = time.monotonic() + seconds
    while send(family, signal.SIGKILL) and time.monotonic() < until:
        time.sleep(RETRY_SECONDS)


def adopt_orphans() -> None:
    """Make this process the parent of its descendants' orphans (Linux; elsewhere nothing)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _kill_groups(members: Iterable[psutil.Process]) -> None:
    """A group is killed in one go: who forks and ends all the time is never met alone."""
    own = os.getpgrp()
    groups = {group for each in members if (group := _group(each.pid)) > 1 and group != own}
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def _lives(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def session_of(pid: int) -> int:
    """The session that a process is in; -1 where there is no such process."""
    try:
        return os.getsid(pid)
    except OSError:
        return -1


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except OSError:
        return -1
