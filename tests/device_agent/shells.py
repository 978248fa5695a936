"""A shell tool in a folder, and a bystander who sees what a person would see meanwhile."""

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from device_agent.errors import RefusedByCore
from device_agent.folders import Folders
from device_agent.tools.shell.directories import WorkingDirectories
from device_agent.tools.shell.tool import Graces, Shell
from device_agent.tools.step import StepRoom, Stop
from dispatch_core.abilities import VerdictKind
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import Bound, Preparation, StepResult
from tests.device_agent.waiting import PATIENCE, eventually

QUICK = Graces(interrupt=0.4, terminate=0.4, leftover=0.2)


def asks(
    _command: str, /, *, working_directory: Path, environment: Mapping[str, str]
) -> Preparation:
    """A policy that has everything decided by a person."""
    return Preparation(verdict=VerdictKind.ASK, reasons=("It asks.",))


def shell_in(
    folder: Path, graces: Graces = QUICK, *, home: Path | None = None, adopts: bool = True
) -> Shell:
    """A shell tool whose commands start in this folder; what it keeps lies beside it."""
    home = home or folder.with_name(f"{folder.name}-home")
    spool = home / "spool"
    spool.mkdir(parents=True, exist_ok=True)
    places = WorkingDirectories(home / "places.json", Folders([str(folder)], private=home))
    return Shell(places, asks, spool, graces, adopts=adopts)


@dataclass
class Bystander:
    """Runs commands, one at a time, and can write to the one that runs."""

    folder: Path
    timeout: float = 2 * PATIENCE
    graces: Graces = QUICK
    adopts: bool = True
    thread_id: str = "thread-1"
    bound: Bound = field(default_factory=Bound)
    stop: Stop = field(default_factory=Stop)
    seen: str = ""
    typed: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    refusal: RefusedByCore | None = None
    result: StepResult | None = None

    def room(self) -> StepRoom:
        """What a command gets of this bystander."""
        return StepRoom(
            self.timeout,
            self.stop,
            self._emit,
            self._keep,
            take_input=self._take_typed,
            bound=self.bound,
            thread_id=self.thread_id,
        )

    def run(self, command: str, *, pty: bool = False) -> StepResult:
        """A command from start to end."""
        arguments = {"command": command} | ({"pty": True} if pty else {})
        shell = shell_in(self.folder, self.graces, adopts=self.adopts)
        self.result = shell(self.room(), arguments)
        return self.result

    def start(self, command: str, until: str = "ready", *, pty: bool = False) -> threading.Thread:
        """A command that has begun, and printed this."""
        thread = threading.Thread(target=self.run, args=(command,), kwargs={"pty": pty})
        thread.start()
        eventually(lambda: until in self.seen)
        return thread

    def _emit(self, text: str) -> None:
        self.seen += text

    def _keep(self, name: str, path: Path) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.files[name] = path.read_bytes()

    def _take_typed(self) -> list[str]:
        taken, self.typed[:] = list(self.typed), []
        return taken


def timed_out(folder: Path, command: str, said: str) -> StepResult:
    """A command at the end of its time: a longer one where a busy machine began it too late."""
    result = Bystander(folder, timeout=2).run(command)
    if said not in result.text:
        result = Bystander(folder, timeout=60).run(command)
    assert result.status is StepStatus.TIMED_OUT
    return result


def left_in(folder: Path) -> list[psutil.Process]:
    """The live processes that stand in this folder."""
    found = []
    for process in psutil.process_iter():
        try:
            here = process.cwd() == str(folder) and process.pid != os.getpid()
            if here and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            pass
    return found
