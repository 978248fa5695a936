"""The companion's side of a guard: starts it, hears it, and tells it what to do."""

import contextlib
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import psutil

from device_agent.tools.shell import guard
from device_agent.tools.shell.environment import MARK
from device_agent.tools.shell.family import Marked, kill_all, session_of
from device_agent.tools.shell.keyboard import Keyboard, open_terminal
from device_agent.tools.shell.output import Output
from device_agent.tools.shell.plan import STDOUT, Plan, write_plan
from device_agent.tools.step import StepRoom

# Isolated from where the companion was started, but with this package, installed or not.
_START = f"import sys; sys.path.append(sys.argv[1]); from {guard.__name__} import main; main()"
_ROOT = Path(__file__).parents[3]
_TICK_SECONDS = 0.1
_DEAF = "[the command reads no more input]\n"


@dataclass(frozen=True)
class Wires:
    """Descriptors: output and keyboard are ours and do not block, taken and given the guard's.

    What the command prints into taken is read from output; what is written to keyboard, it reads
    from given, which is STDOUT where both are its terminal.
    """

    output: int
    taken: int
    keyboard: int
    given: int

    @classmethod
    def open(
        cls, ours: contextlib.ExitStack, theirs: contextlib.ExitStack, *, terminal: bool
    ) -> "Wires":
        """A terminal or two pipes; each stack closes its own."""
        output, taken = open_terminal() if terminal else os.pipe()
        ours.callback(os.close, output)
        theirs.callback(os.close, taken)
        if terminal:
            given, keyboard = STDOUT, os.dup(output)
        else:
            given, keyboard = os.pipe()
            theirs.callback(os.close, given)
        ours.callback(os.close, keyboard)
        for each in (output, keyboard):
            os.set_blocking(each, False)
        return cls(output, taken, keyboard, given)


class Guarded:
    """A command in the care of its guard."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", end: IO[bytes], wires: Wires, *, terminal: bool
    ) -> None:
        self._process = process
        self._end = end
        self._output = wires.output
        self._keyboard = Keyboard(wires.keyboard, terminal=terminal, interrupt=self._control_c)

    def tell(self, words: bytes) -> None:
        """Say something to the guard; one that is gone already hears nothing."""
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(words)
                self._process.stdin.flush()

    def let_go(self) -> None:
        """Close the guard's input: if it still runs, it kills what it guards."""
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        self._keyboard.close()
        os.close(self._output)

    def follow(self, output: Output, room: StepRoom) -> dict[str, Any]:
        """Pass output and input on until the guard reports; {} where it died without a report."""
        told, deaf = False, False
        with selectors.DefaultSelector() as selector:
            selector.register(self._output, selectors.EVENT_READ)
            selector.register(self._end, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select(_TICK_SECONDS)}
                if self._output in ready and not self._read(output, room):
                    selector.unregister(self._output)
                if room.stop.event.is_set() and not told:
                    told = True
                    self.tell(b"stop\n")
                self._type(room)
                if self._keyboard.deaf and not deaf:
                    deaf = True
                    room.emit(output.take(_DEAF.encode()))
                if self._end in ready:
                    break
        # Only what lies in the pipe: somebody that could not be killed may hold it open.
        while self._read(output, room):
            pass
        room.emit(output.take(b"", final=True))
        line = self._end.readline()
        return json.loads(line) if line else {}

    def _type(self, room: StepRoom) -> None:
        for line in room.take_input():
            self._keyboard.type(line)
        self._keyboard.push()

    def _control_c(self) -> None:
        self.tell(b"interrupt\n")

    def _read(self, output: Output, room: StepRoom) -> bool:
        """Whether there may be more to read."""
        try:
            data = os.read(self._output, 65_536)
        except OSError:  # nothing lies there now, or (a terminal's EIO) nobody can write any more
            return False
        room.emit(output.take(data))
        return bool(data)


class Children:
    """The guards that run now; an orphan that this process got besides got away from one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pids: set[int] = set()

    @contextlib.contextmanager
    def guarded(self, plan: Plan, environment: Mapping[str, str]) -> Iterator[Guarded]:
        """Start a guard with a plan, whose input is filled in; when this ends, all is gone."""
        with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
            report, write = os.pipe()
            end = ours.enter_context(os.fdopen(report, "rb"))
            theirs.callback(os.close, write)
            wires = Wires.open(ours, theirs, terminal=plan.terminal)
            process = self._start(environment, wires, write)
            ours.pop_all()
        with process, end:
            guarded = Guarded(process, end, wires, terminal=plan.terminal)
            guarded.tell(write_plan(replace(plan, input=wires.given)))
            try:
                yield guarded
            finally:
                guarded.let_go()
        with self._lock:
            self._pids.discard(process.pid)

    def _start(
        self, environment: Mapping[str, str], wires: Wires, report: int
    ) -> "subprocess.Popen[bytes]":
        passed = {report, wires.given} - {STDOUT}
        with self._lock:
            process = subprocess.Popen(  # noqa: S603 (this interpreter, this package)
                [sys.executable, "-I", "-c", _START, str(_ROOT), str(report)],
                stdin=subprocess.PIPE,
                stdout=wires.taken,
                pass_fds=passed,
                env=environment,
                start_new_session=True,
            )
            self._pids.add(process.pid)
        return process

    def sweep(self, mark: str, *, owns_process: bool) -> None:
        """Kill what a command that killed its guard left behind.

        owns_process: it was left to this process, which is its subreaper; whatever else this
        process starts stays in its session.
        """
        kill_all(Marked(MARK, mark), guard.GIVE_UP_SECONDS)
        if not owns_process:
            return
        until = time.monotonic() + guard.GIVE_UP_SECONDS
        with self._lock:
            # One that ends while it is looked at leaves its own children to this process.
            while (left := self._left()) and time.monotonic() < until:
                for child in left:
                    _kill_tree(child)

    def _left(self) -> list[psutil.Process]:
        """Orphans of commands: they began in sessions of their own, as none of ours does."""
        return [
            child
            for child in psutil.Process().children()
            if child.pid not in self._pids and session_of(child.pid) != os.getsid(0)
        ]


def _kill_tree(process: psutil.Process) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        for each in [*process.children(recursive=True), process]:
            each.kill()
    psutil.wait_procs([process], timeout=guard.GIVE_UP_SECONDS)
