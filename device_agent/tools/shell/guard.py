"""Stands between the companion and one command: it owns the command's processes, and ends them.

Run as a program of its own with the descriptor of its report as last argument. The first line of
its standard input is the plan (a Plan as JSON, times in seconds). Later lines: `interrupt` is
Ctrl-C for the command, `stop` ends it; the end of the input means that the companion died, and
kills at once. What the command prints goes straight to standard output. One JSON line on the report
tells how it ended: {code, cause, leftover, survivors, ending}; cause is "", "stop", "timeout" or
"lost", ending is the seconds from that cause until nothing was left.
"""

import contextlib
import errno
import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import termios
import time
from enum import IntEnum
from typing import Any

from device_agent.tools.shell.environment import MARK
from device_agent.tools.shell.family import Adopted, Family, Marked, adopt_orphans, send
from device_agent.tools.shell.plan import STDOUT, Plan, read_plan
from device_agent.tools.shell.signals import hear_signals_anew, wake_on_child

TICK_SECONDS = 0.2
KILL_TICK_SECONDS = 0.01
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

    def __init__(self, plan: Plan, control: int, heard: bytes = b"") -> None:
        """control is where it hears what to do; heard is what came with the plan."""
        self._plan = plan
        self._control = control
        self._heard = heard
        self._wake = wake_on_child()
        self._phase = Phase.RUNNING
        self._begun = time.monotonic()
        self._deadline = self._begun + plan.timeout
        self._ending_since: float | None = None
        self._main = 0
        self._code: int | None = None
        self._cause = ""
        self._leftover = 0
        self._family: Family = Adopted()

    def run(self) -> dict[str, Any]:
        """The end, once nothing is left, or nothing that could be killed."""
        child = self._start()
        self._main = child.pid
        if not self._plan.adopts:
            self._family = Marked(MARK, os.environ.get(MARK, ""), [child.pid])
        self._obey(b"")
        survivors = self._see_to_the_end()
        child.returncode = self._code if self._code is not None else -signal.SIGKILL
        since = self._ending_since
        return {
            "code": self._code,
            "cause": self._cause,
            "leftover": self._leftover,
            "survivors": survivors,
            "ending": time.monotonic() - since if since is not None else 0.0,
        }

    def _start(self) -> "subprocess.Popen[bytes]":
        plan = self._plan
        try:
            child = self._open(plan.argv, plan.executable)
        except OSError as error:
            if error.errno != errno.ENOEXEC or not plan.otherwise:
                raise
            child = self._open(plan.otherwise, None)
        if plan.input != STDOUT:
            os.close(plan.input)  # or the companion would not see that nobody reads any more
        return child

    def _open(self, argv: list[str], executable: str | None) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603 (running what was approved is its purpose)
            argv,
            executable=executable,
            cwd=self._plan.cwd,
            stdin=self._plan.input,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_take_terminal if self._plan.terminal else None,  # noqa: PLW1509 (one thread)
        )

    def _see_to_the_end(self) -> int:
        while True:
            childless = self._reap()
            if self._code is not None and (childless or not self._family.members()):
                return 0
            if self._phase is Phase.KILLING and time.monotonic() > self._deadline:
                return len(self._family.members())
            self._advance()
            self._wait()

    def _advance(self) -> None:
        ended, late = self._code is not None, time.monotonic() >= self._deadline
        if self._phase is Phase.RUNNING and ended:
            self._leftover = len(self._family.members())
            self._terminate(self._plan.leftover)
        elif self._phase is Phase.RUNNING and late:
            self._interrupt("timeout")
        elif self._phase is Phase.INTERRUPTED and (ended or late):
            self._terminate(self._plan.terminate)
        elif self._phase is Phase.TERMINATED and late:
            self._enter(Phase.KILLING, GIVE_UP_SECONDS)
        if self._phase is Phase.KILLING:
            send(self._family, signal.SIGKILL)

    def _interrupt(self, cause: str) -> None:
        self._cause = cause
        self._ending_since = time.monotonic()
        self._enter(Phase.INTERRUPTED, self._plan.interrupt)
        self._control_c()

    def _control_c(self) -> None:
        """What the key does: an interrupt for the group, which in a terminal may be any of them."""
        if self._plan.terminal:
            send(self._family, signal.SIGINT)
        else:
            self._look()  # once its parents are gone, a child may be known by nothing else
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._main, signal.SIGINT)

    def _terminate(self, grace: float) -> None:
        self._enter(Phase.TERMINATED, grace)
        if self._plan.terminal:
            send(self._family, signal.SIGHUP)  # a shell at a terminal heeds no SIGTERM
        send(self._family, signal.SIGTERM)
        send(self._family, signal.SIGCONT)  # a stopped process hears nothing until it goes on

    def _enter(self, phase: Phase, seconds: float) -> None:
        self._phase = phase
        self._deadline = time.monotonic() + seconds

    def _reap(self) -> bool:
        """Collect ended children; True where having none left is having nothing left."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return self._plan.adopts
            if pid == 0:
                return False
            if pid == self._main:
                self._code = os.waitstatus_to_exitcode(status)

    def _wait(self) -> None:
        watched = [self._wake] if self._control < 0 else [self._wake, self._control]
        ready, _, _ = select.select(watched, [], [], self._tick())
        if self._wake in ready:
            os.read(self._wake, 4096)
        if self._control in ready:
            self._hear(os.read(self._control, 4096))
        elif self._phase is Phase.RUNNING:
            self._look()

    def _look(self) -> None:
        """Get to know the family, where it does not all come to this process in the end."""
        if not self._plan.adopts:
            self._family.members()

    def _tick(self) -> float:
        """How long to wait; without adoption the family is looked at while it runs."""
        if self._phase is Phase.KILLING:
            return KILL_TICK_SECONDS
        if self._phase is not Phase.RUNNING:
            return TICK_SECONDS
        now = time.monotonic()
        left = max(0.0, self._deadline - now)
        if self._plan.adopts:
            return left
        # A tenth of its age: a look at every process is dear, and families are founded early.
        return min(left, 1.0, max(0.05, (now - self._begun) / 10))

    def _hear(self, words: bytes) -> None:
        if not words:
            self._control = -1
            self._cause = self._cause or "lost"
            self._ending_since = self._ending_since or time.monotonic()
            self._enter(Phase.KILLING, GIVE_UP_SECONDS)
        else:
            self._obey(words)

    def _obey(self, words: bytes) -> None:
        *lines, self._heard = (self._heard + words).split(b"\n")
        for line in lines:
            if self._phase is not Phase.RUNNING or self._code is not None:
                return
            if line == b"stop":
                self._interrupt("stop")
            elif line == b"interrupt":
                self._control_c()


def _take_terminal() -> None:
    fcntl.ioctl(STDOUT, termios.TIOCSCTTY, 0)


def main() -> None:
    """Guard one command."""
    report = int(sys.argv[-1])
    os.set_inheritable(report, False)
    control = sys.stdin.fileno()
    words = b""
    while b"\n" not in words:
        piece = os.read(control, 65_536)
        if not piece:
            return
        words += piece
    line, _, heard = words.partition(b"\n")
    plan = read_plan(line)
    if plan.adopts:
        adopt_orphans()
    hear_signals_anew()
    try:
        end = Guard(plan, control, heard).run()
    except OSError as error:
        end = {"error": error.strerror or str(error)}
    os.write(report, json.dumps(end).encode() + b"\n")


if __name__ == "__main__":
    main()
