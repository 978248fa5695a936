"""What a device's tool gets to work with."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from device_agent.errors import MissingPath
from dispatch_core.abilities import VerdictKind
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import Bound, Preparation, StepResult


class StopReason(StrEnum):
    """Why a step is to end before its time."""

    PERSON = "a person stopped the run"
    CLOSING = "the companion was stopped"
    GONE = "the device is no longer paired"


@dataclass
class Stop:
    """Tells a step to end; the first reason counts. event may be waited for."""

    event: threading.Event = field(default_factory=threading.Event)
    reason: StopReason | None = None

    def ask(self, reason: StopReason) -> None:
        """Ask the step to end."""
        self.reason = self.reason or reason
        self.event.set()

    def status(self) -> StepStatus:
        """How a step ends that was stopped after it had begun."""
        person = self.reason is StopReason.PERSON
        return StepStatus.STOPPED if person else StepStatus.INTERRUPTED


def _no_input() -> Sequence[str]:
    return ()


def _no_file(name: str, _target: Path) -> None:
    raise MissingPath(path=name)


@dataclass(frozen=True)
class StepRoom:
    """One step's time limit (seconds), its stop, its live output and its ways to move files.

    send_file(name, path) returns once the core has the bytes; take_file(name, target) writes an
    attached file of the thread to target, which must not exist yet; both raise DispatchError.
    take_input() gives the lines that a person wrote for this step since it was asked last. bound is
    what was approved: a tool works in its folder, with its programs. thread_id is what the device
    may keep things by (a working directory, a browser's tab).
    """

    timeout_seconds: float
    stop: Stop
    emit: Callable[[str], None]
    send_file: Callable[[str, Path], None]
    take_file: Callable[[str, Path], None] = _no_file
    take_input: Callable[[], Sequence[str]] = _no_input
    bound: Bound = field(default_factory=Bound)
    thread_id: str = ""


class DeviceTool(Protocol):
    """A tool at this device: arguments are exactly the order's."""

    def prepare(self, thread_id: str, arguments: Mapping[str, Any], /) -> Preparation:
        """What the device says to such a step, and what it binds; has no effect.

        Called when the core asks, and again just before the effect, where what it binds must be
        what was approved. Raises DispatchError where the step can't be done at all.
        """

    def __call__(self, room: StepRoom, arguments: Mapping[str, Any], /) -> StepResult:
        """Do the step; raises DispatchError for what a sentence explains."""


def denied(sentence: str) -> Preparation:
    """What the device says to a step that it will not do."""
    return Preparation(verdict=VerdictKind.DENY, reasons=(sentence,))


def refused(sentence: str) -> StepResult:
    """The result of a step that was not begun."""
    return StepResult(status=StepStatus.REFUSED, text=sentence)


def only_text(arguments: Mapping[str, Any], key: str) -> str | None:
    """The one argument that a tool takes; None where the order has others, or none."""
    value = arguments.get(key)
    return value if set(arguments) == {key} and isinstance(value, str) else None
