"""What a desk's worker holds: a claim, the run it is for, and the run's journal so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from dispatch_core.lifecycle import Route, StepStatus
from dispatch_core.protocol import StepResult
from dispatch_core.views import AttachedFile


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on a run: every later write names it, and a stale one changes nothing."""

    run_id: str
    owner: str
    version: int


@dataclass(frozen=True, slots=True)
class StepView:
    """One tool call of a run, as its journal has it."""

    id: str
    tool: str
    arguments: Mapping[str, Any]
    fingerprint: str
    status: StepStatus
    result: StepResult | None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a step ended."""

    step_id: str
    result: StepResult


class RunWork(NamedTuple):
    """A claimed run, with all that a planner and a tool need.

    A tuple, since each run is copied twice: that costs a third of what a data class's copy does.
    """

    claim: Claim
    thread_id: str
    requester: str
    route: Route
    request: str
    asked_at: datetime
    time_zone: str
    timeout_seconds: float
    device_id: str | None
    steps: tuple[StepView, ...] = ()
    files: tuple[AttachedFile, ...] = ()

    def with_step(self, step: StepView) -> "RunWork":
        """The same run with one more step in its journal."""
        return self._replace(steps=(*self.steps, step))

    def with_end(self, ended: StepView, result: StepResult) -> "RunWork":
        """The same run once this step has ended."""
        journalled = (ended.id, ended.tool, ended.arguments, ended.fingerprint)
        done = StepView(*journalled, result.status, result)
        return self._replace(steps=tuple(done if s.id == ended.id else s for s in self.steps))
