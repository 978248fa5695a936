"""Runs one command in the owner's shell, each in the care of a guard (guard.py)."""

import contextlib
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psutil

from device_agent.permissions import find_shell
from device_agent.tools import guard
from device_agent.tools.output import Output
from device_agent.tools.step import StepRoom, only_text, refused
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import Bound, Preparation, StepResult, VerdictKind

# What a command needs of the owner's surroundings. No token and no key is among it, and no
# variable that makes a program load other code.
KEPT_VARIABLES = frozenset(
    {"HOME", "PATH", "LANG", "LANGUAGE", "TZ", "USER", "LOGNAME", "SHELL", "TMPDIR"}
)
FALLBACK_PATH = "/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True)
class Graces:
    """Seconds from the interrupt to the terminate, from it to the kill, and for leftovers."""

    interrupt: float = 7.5
    terminate: float = 2.5
    leftover: float = 0.5


@dataclass(frozen=True)
class Shell:
    """The shell tool; working_directory tells where a command starts now.

    owns_process tells that this process has no other children than the tool's own, and is their
    subreaper: then even a command that kills its guard leaves nothing behind.
    """

    working_directory: Callable[[], Path]
    graces: Graces = Graces()
    owns_process: bool = False
    _children: "Children" = field(default_factory=lambda: Children(), init=False)  # noqa: PLW0108 (defined below)

    def prepare(self, thread_id: str, arguments: Mapping[str, Any]) -> Preparation:
        """A person is asked for every command."""
        return Preparation(
            verdict=VerdictKind.ASK,
            reasons=("Every shell command asks a person first.",),
            bound=Bound(working_directory=str(self.working_directory())),
        )

    def __call__(self, room: StepRoom, arguments: Mapping[str, Any]) -> StepResult:
        """Run it to its end, to its time limit or until it is stopped."""
        command, shell = only_text(arguments, "command"), find_shell()
        if command is None or "\0" in command or shell is None:
            return refused("This step has no command that can be run, so nothing was run.")
        started = time.monotonic()
        output = Output()
        with self._children.guarded(self._plan(shell, command, room)) as guarded:
            end = guarded.follow(output, room)
        if not end and self.owns_process:
            self._children.sweep()
        return _result(end, output, room, time.monotonic() - started)

    def _plan(self, shell: str, command: str, room: StepRoom) -> dict[str, Any]:
        return {
            "argv": [shell, "-c", command],
            "cwd": str(self.working_directory()),
            "timeout": room.timeout_seconds,
            "interrupt": self.graces.interrupt,
            "terminate": self.graces.terminate,
            "leftover": self.graces.leftover,
        }


def clean_environment() -> dict[str, str]:
    """The variables that a command sees."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in KEPT_VARIABLES or name.startswith("LC_")
    }
    return {"PATH": FALLBACK_PATH, "HOME": str(Path.home())} | kept | {"TERM": "dumb"}


class Children:
    """The guards that run now; whatever else is this process's child got away from one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pids: set[int] = set()

    @contextlib.contextmanager
    def guarded(self, plan: dict[str, Any]) -> "Iterator[Guarded]":
        """Start a guard; when this ends, it and all of its processes are gone."""
        report, write = os.pipe()
        with self._lock:
            process = subprocess.Popen(  # noqa: S603 (this interpreter, this package's file)
                [sys.executable, "-I", guard.__file__, str(write)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=(write,),
                env=clean_environment(),
                start_new_session=True,
            )
            self._pids.add(process.pid)
        os.close(write)
        with process, os.fdopen(report, "rb") as end:
            guarded = Guarded(process, end)
            guarded.tell(json.dumps(plan).encode() + b"\n")
            try:
                yield guarded
            finally:
                guarded.let_go()
        with self._lock:
            self._pids.discard(process.pid)

    def sweep(self) -> None:
        """Kill what a command that killed its guard left to this process (see adopt_orphans)."""
        until = time.monotonic() + guard.GIVE_UP_SECONDS
        with self._lock:
            # One that ends while it is looked at leaves its own children to this process.
            while (left := self._left()) and time.monotonic() < until:
                for child in left:
                    _kill_tree(child)

    def _left(self) -> list[psutil.Process]:
        children = psutil.Process().children()
        return [child for child in children if child.pid not in self._pids]


def _kill_tree(process: psutil.Process) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        for each in [*process.children(recursive=True), process]:
            each.kill()
    psutil.wait_procs([process], timeout=guard.GIVE_UP_SECONDS)


class Guarded:
    """A command in the care of its guard."""

    def __init__(self, process: "subprocess.Popen[bytes]", end: IO[bytes]) -> None:
        self._process = process
        self._end = end

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
        if self._process.stdout:
            self._process.stdout.close()

    def follow(self, output: Output, room: StepRoom) -> dict[str, Any]:
        """Pass the output on until the guard reports; {} where it died without a report."""
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 (it was opened as a pipe)
        os.set_blocking(stdout.fileno(), False)
        told = False
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            selector.register(self._end, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select(0.1)}
                if stdout in ready and not self._read(stdout, output, room):
                    selector.unregister(stdout)
                if room.stop.event.is_set() and not told:
                    told = True
                    self.tell(b"stop\n")
                if self._end in ready:
                    break
        # Only what lies in the pipe: somebody that could not be killed may hold it open.
        while self._read(stdout, output, room):
            pass
        room.emit(output.take(b"", final=True))
        line = self._end.readline()
        return json.loads(line) if line else {}

    def _read(self, stdout: IO[bytes], output: Output, room: StepRoom) -> bool:
        try:
            data = os.read(stdout.fileno(), 65_536)
        except BlockingIOError:
            return False
        room.emit(output.take(data))
        return bool(data)


def _result(end: dict[str, Any], output: Output, room: StepRoom, seconds: float) -> StepResult:
    if "error" in end:
        text = f"The command could not be started: {end['error']}."
        return StepResult(status=StepStatus.FAILED, text=text, seconds=seconds)
    cause, code = end.get("cause", "lost"), end.get("code")
    status = _status(cause, code, room)
    if status is StepStatus.INTERRUPTED:
        why = room.stop.reason or "its guard was killed"
        text = f"The command was ended before its time ({why}); it may have had an effect."
        return StepResult(status=status, text=text, seconds=seconds)
    return StepResult(
        status=status,
        text=_with_notes(output.text, end),
        # A shell says 128 + N for a program that signal N killed.
        exit_code=128 - code if code is not None and code < 0 else code,
        truncated=output.truncated,
        seconds=seconds,
    )


def _status(cause: str, code: int | None, room: StepRoom) -> StepStatus:
    if cause == "lost":
        return StepStatus.INTERRUPTED
    if cause == "stop":
        return room.stop.status()
    if cause == "timeout":
        return StepStatus.TIMED_OUT
    return StepStatus.DONE if code == 0 else StepStatus.FAILED


def _with_notes(text: str, end: dict[str, Any]) -> str:
    """The output, and below it what the guard had to do once the command itself had ended."""
    notes = []
    if end["leftover"]:
        notes.append(f"[left in the background, ended with the command: {end['leftover']}]")
    if end["survivors"]:
        notes.append(f"[processes that could not be ended: {end['survivors']}]")
    between = "\n" if notes and text and not text.endswith("\n") else ""
    return text + between + "\n".join(notes)
