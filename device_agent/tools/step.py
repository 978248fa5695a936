"""What a device's tool gets to work with."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import StepResult


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


@dataclass(frozen=True)
class StepRoom:
    """One step's time limit (seconds), its stop, its live output and its way to send a file.

    send_file(name, path) returns once the core has the bytes, or raises DispatchError.
    """

    timeout_seconds: float
    stop: Stop
    emit: Callable[[str], None]
    send_file: Callable[[str, Path], None]


class DeviceTool(Protocol):
    """A tool at this device: arguments are exactly the order's."""

    def __call__(self, room: StepRoom, arguments: Mapping[str, Any], /) -> StepResult:
        """Do the step; raises DispatchError for what a sentence explains."""


def refused(sentence: str) -> StepResult:
    """The result of a step that was not begun."""
    return StepResult(status=StepStatus.REFUSED, text=sentence)


def only_text(arguments: Mapping[str, Any], key: str) -> str | None:
    """The one argument that a tool takes; None where the order has others, or none."""
    value = arguments.get(key)
    return value if set(arguments) == {key} and isinstance(value, str) else None
