"""The shell tool: what a device says to a command, and the command's run from start to end."""

import secrets
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from device_agent.shells import find_shell
from device_agent.tools.shell.directories import Start, WorkingDirectories
from device_agent.tools.shell.ending import result_of
from device_agent.tools.shell.environment import MARK, clean_environment, hashed
from device_agent.tools.shell.guarded import Children
from device_agent.tools.shell.keyboard import COLUMNS, ROWS
from device_agent.tools.shell.launch import Launch, launch, read_trace
from device_agent.tools.shell.output import Output
from device_agent.tools.shell.plan import Plan
from device_agent.tools.step import StepRoom, denied, refused
from dispatch_core.abilities import VerdictKind
from dispatch_core.protocol import Grantable, Preparation, StepResult

MOST_REASONS = 30
MOST_REASON_CHARS = 1_000
MOST_KEY_CHARS = 4_000
_NO_COMMAND = "This step has no command that can be run, so nothing was run."
_IN_A_TERMINAL = f"It runs in a terminal of its own ({COLUMNS} columns, {ROWS} lines)."


class Judge(Protocol):
    """What the device's policy says to a command (device_agent.policy.commands)."""

    def __call__(
        self, command: str, /, *, working_directory: Path, environment: Mapping[str, str]
    ) -> Preparation:
        """A verdict with its reasons; has no effect."""


@dataclass(frozen=True)
class Graces:
    """Seconds from the interrupt to the terminate, from it to the kill, and for leftovers.

    The kill comes half a second before the tenth, so that by then nothing is left.
    """

    interrupt: float = 7.5
    terminate: float = 2.0
    leftover: float = 0.5


@dataclass(frozen=True)
class Shell:
    """The shell tool; spool is a private folder for what lasts as long as a command.

    owns_process tells that this process is a subreaper, and starts nothing else in sessions of its
    own: then even a command that kills its guard leaves nothing behind. adopts tells whether the
    system has subreapers.
    """

    directories: WorkingDirectories
    judge: Judge
    spool: Path
    graces: Graces = Graces()
    owns_process: bool = False
    adopts: bool = sys.platform == "linux"
    _children: Children = field(default_factory=Children, init=False)

    def prepare(self, thread_id: str, arguments: Mapping[str, Any]) -> Preparation:
        """The policy's verdict, bound to where the command would start and what it would see."""
        asked = _Asked.read(arguments)
        if asked is None:
            return denied(_NO_COMMAND)
        start = self.directories.start_of(thread_id)
        environment = clean_environment(terminal=asked.terminal)
        said = self.judge(asked.command, working_directory=start.path, environment=environment)
        if said.verdict is VerdictKind.DENY:
            return said
        said = _at_a_terminal(said) if asked.terminal else said
        bound = said.bound.model_copy(
            update={"working_directory": str(start.path), "environment": hashed(environment)}
        )
        more = [start.sentence[:MOST_REASON_CHARS]] if start.sentence else []
        reasons = (*said.reasons[: MOST_REASONS - len(more)], *more)
        return said.model_copy(update={"bound": bound, "reasons": reasons})

    def __call__(self, room: StepRoom, arguments: Mapping[str, Any]) -> StepResult:
        """Run it to its end, to its time limit or until it is stopped."""
        asked, shell = _Asked.read(arguments), find_shell()
        if asked is None or shell is None:
            return refused(_NO_COMMAND)
        started, mark = time.monotonic(), secrets.token_hex(16)
        start = self.directories.start_of(room.thread_id)
        folder = Path(room.bound.working_directory or start.path)
        trace = self.spool / f"{mark}.ended-in"
        environment = clean_environment(terminal=asked.terminal) | {MARK: mark}
        what = launch(
            shell,
            asked.command,
            room.bound.programs,
            folder=folder,
            path=environment["PATH"],
            trace=trace,
        )
        plan = self._plan(what, folder, room, terminal=asked.terminal)
        with Output(self.spool) as output:
            try:
                with self._children.guarded(plan, environment) as guarded:
                    end = guarded.follow(output, room)
                if not end:
                    self._children.sweep(mark, owns_process=self.owns_process)
                notes = self._moved(room.thread_id, start, folder, trace)
            finally:
                trace.unlink(missing_ok=True)
            return result_of(end, output, room, notes, time.monotonic() - started)

    def _plan(self, what: Launch, folder: Path, room: StepRoom, *, terminal: bool) -> Plan:
        return Plan(
            argv=list(what.argv),
            executable=what.executable,
            otherwise=list(what.otherwise),
            cwd=str(folder),
            terminal=terminal,
            adopts=self.adopts,
            timeout=room.timeout_seconds,
            interrupt=self.graces.interrupt,
            terminate=self.graces.terminate,
            leftover=self.graces.leftover,
        )

    def _moved(self, thread_id: str, start: Start, folder: Path, trace: Path) -> list[str]:
        """Keep where the command left its thread; what is to be said of that."""
        ended_in = read_trace(trace) or folder
        notes = [f"[{start.gone} is gone; this started in {folder}]"] if start.gone else []
        if (thread_id and ended_in != start.path) or start.gone:
            self.directories.leave(thread_id, ended_in)
        if thread_id and ended_in != folder:
            notes.append(f"[this thread is in {ended_in} now]")
        return notes


def _at_a_terminal(said: Preparation) -> Preparation:
    """A terminal asks, and by grants of its own: many programs do more where they see one.

    A pager or an editor that is harmless in a pipe runs what a person types at it.
    """
    grant = said.grant and _terminals(said.grant)
    reasons = said.reasons if said.verdict is VerdictKind.ASK else ()
    return said.model_copy(
        update={
            "verdict": VerdictKind.ASK,
            "reasons": (*reasons[: MOST_REASONS - 2], _IN_A_TERMINAL),
            "grant": grant,
        }
    )


def _terminals(grant: Grantable) -> Grantable | None:
    key, words = f"tty {grant.key}", f"{grant.words} (in a terminal)"
    fits = len(key) <= MOST_KEY_CHARS and len(words) <= MOST_REASON_CHARS
    return Grantable(key=key, words=words) if fits else None


@dataclass(frozen=True)
class _Asked:
    """A shell step's arguments: {"command": text}, and {"pty": true} for a terminal."""

    command: str
    terminal: bool

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> "_Asked | None":
        command, terminal = arguments.get("command"), arguments.get("pty", False)
        if set(arguments) - {"command", "pty"} or not isinstance(terminal, bool):
            return None
        if not isinstance(command, str) or not command.strip() or "\0" in command:
            return None
        return cls(command, terminal)
