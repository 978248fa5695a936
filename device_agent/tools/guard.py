"""Stands between the companion and one command: it owns the command's processes, and ends them.

Run as a program of its own: `guard.py FD`. The first line of its standard input is the plan in
JSON {argv, cwd, timeout, interrupt, terminate, leftover} (times in seconds); a later line `stop`
ends the command; the end of the input means that the companion died, and kills at once. What the
command prints goes straight to standard output. One JSON line on FD tells how it ended: {code,
cause, leftover, survivors}; cause is "", "stop", "timeout" or "lost".

On Linux it is the subreaper of its command, so that no descendant gets away by a double fork or a
session of its own: having no child left is having nothing left.
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from enum import IntEnum
from typing import Any

PR_SET_CHILD_SUBREAPER = 36
TICK_SECONDS = 0.2
KILL_TICK_SECONDS = 0.02
# A process in uninterruptible sleep, or another user's, can't be killed; it is told of instead.
GIVE_UP_SECONDS = 5.0


class Phase(IntEnum):
    """How far the guard has gone in ending its command."""

    RUNNING = 0
    INTERRUPTED = 1
    TERMINATED = 2
    KILLING = 3


class Guard:
    """Starts the command and sees it, and all that came of it, to the end."""

    def __init__(self, plan: dict[str, Any], control: int) -> None:
        self._plan = plan
        self._control = control
        self._wake = _wake_on_child()
        self._phase = Phase.RUNNING
        self._deadline = time.monotonic() + plan["timeout"]
        self._main = 0
        self._code: int | None = None
        self._cause = ""
        self._leftover = 0

    def run(self) -> dict[str, Any]:
        """The end, once nothing is left, or nothing that could be killed."""
        child = subprocess.Popen(  # noqa: S603 (running what was approved is its purpose)
            self._plan["argv"],
            cwd=self._plan["cwd"],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._main = child.pid
        survivors = self._see_to_the_end()
        child.returncode = self._code if self._code is not None else -signal.SIGKILL
        return {
            "code": self._code,
            "cause": self._cause,
            "leftover": self._leftover,
            "survivors": survivors,
        }

    def _see_to_the_end(self) -> int:
        while True:
            childless = self._reap()
            if self._code is not None and (childless or not self._others()):
                return 0
            if self._phase is Phase.KILLING and time.monotonic() > self._deadline:
                return len(self._others())
            self._advance()
            self._wait()

    def _advance(self) -> None:
        ended, late = self._code is not None, time.monotonic() >= self._deadline
        if self._phase is Phase.RUNNING and ended:
            self._leftover = len(self._others())
            self._terminate(self._plan["leftover"])
        elif self._phase is Phase.RUNNING and late:
            self._interrupt("timeout")
        elif self._phase is Phase.INTERRUPTED and (ended or late):
            self._terminate(self._plan["terminate"])
        elif self._phase is Phase.TERMINATED and late:
            self._enter(Phase.KILLING, GIVE_UP_SECONDS)
        if self._phase is Phase.KILLING:
            self._signal_all(signal.SIGKILL)

    def _interrupt(self, cause: str) -> None:
        self._cause = cause
        self._enter(Phase.INTERRUPTED, self._plan["interrupt"])
        self._signal(-self._main, signal.SIGINT)

    def _terminate(self, grace: float) -> None:
        self._enter(Phase.TERMINATED, grace)
        self._signal_all(signal.SIGTERM)
        self._signal_all(signal.SIGCONT)  # a stopped process hears nothing until it goes on

    def _enter(self, phase: Phase, seconds: float) -> None:
        self._phase = phase
        self._deadline = time.monotonic() + seconds

    def _signal_all(self, number: signal.Signals) -> None:
        for pid in self._others():
            self._signal(pid, number)

    def _signal(self, pid: int, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)

    def _others(self) -> list[int]:
        import psutil  # noqa: PLC0415 (most commands leave nothing, and then it is not needed)

        own = psutil.Process()
        found = {child.pid for child in own.children(recursive=True)}
        if sys.platform != "linux" and self._main:
            found |= {each.pid for each in psutil.process_iter() if _group(each.pid) == self._main}
        return sorted(found)

    def _reap(self) -> bool:
        """Collect ended children; True where there is none left on a system that says so."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return sys.platform == "linux"
            if pid == 0:
                return False
            if pid == self._main:
                self._code = os.waitstatus_to_exitcode(status)

    def _wait(self) -> None:
        tick = KILL_TICK_SECONDS if self._phase is Phase.KILLING else TICK_SECONDS
        if self._phase is Phase.RUNNING:
            tick = max(0.0, self._deadline - time.monotonic())
        watched = [self._wake] if self._control < 0 else [self._wake, self._control]
        ready, _, _ = select.select(watched, [], [], tick)
        if self._wake in ready:
            os.read(self._wake, 4096)
        if self._control in ready:
            self._hear(os.read(self._control, 4096))

    def _hear(self, words: bytes) -> None:
        if not words:
            self._control = -1
            self._cause = self._cause or "lost"
            self._enter(Phase.KILLING, GIVE_UP_SECONDS)
        elif self._phase is Phase.RUNNING and self._code is None:
            self._interrupt("stop")


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except OSError:
        return -1


def _wake_on_child() -> int:
    """A descriptor that can be read when a child ends."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return reading


def adopt_orphans() -> None:
    """Make this process the parent of its descendants' orphans (Linux; elsewhere nothing)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _hear_signals_anew() -> None:
    """A handler becomes the default in the command; an ignored signal would stay ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE):
        signal.signal(number, lambda *_: None)


def main() -> None:
    """Guard one command."""
    report = int(sys.argv[1])
    os.set_inheritable(report, False)
    control = sys.stdin.fileno()
    plan = b""
    while not plan.endswith(b"\n"):
        piece = os.read(control, 65_536)
        if not piece:
            return
        plan += piece
    adopt_orphans()
    _hear_signals_anew()
    try:
        end = Guard(json.loads(plan), control).run()
    except OSError as error:
        end = {"error": error.strerror or str(error)}
    os.write(report, json.dumps(end).encode() + b"\n")


if __name__ == "__main__":
    main()
