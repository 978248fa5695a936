"""The least that a run can be: one planned step, whose tool does nothing, and then the end.

Put in the place of Dispatch's own planner and tools, it leaves the engine alone: dispatcher,
records, desk and worker as they are.
"""

from collections.abc import Callable, Mapping
from typing import Any

from dispatch_core import service
from dispatch_core.abilities import ToolName
from dispatch_core.lifecycle import EndReason, StepStatus
from dispatch_core.planning.planner import Finish, NextStep, Planner
from dispatch_core.protocol import StepResult
from dispatch_core.routes.tool import Offer, StepContext
from dispatch_core.settings import CoreSettings
from dispatch_core.work import RunWork


class OneStep(Planner):
    """A planner of one step."""

    async def next(self, work: RunWork) -> NextStep | Finish:
        return self.at_once(work)

    def at_once(self, work: RunWork) -> NextStep | Finish:
        if work.steps and work.steps[-1].result is not None:
            return Finish(EndReason.DONE, "done")
        return NextStep(ToolName.ANSWER, {"text": work.request}, "")


def put_in_place(note: Callable[[str], None] = lambda _request: None) -> None:
    """From now on a Service of this process plans and does only this; note hears of each start."""

    async def answer(context: StepContext, _arguments: Mapping[str, Any]) -> StepResult:
        note(context.work.request)
        return StepResult(status=StepStatus.DONE, text="done")

    def offers(_settings: CoreSettings) -> Mapping[ToolName, Offer]:
        return {ToolName.ANSWER: Offer(ToolName.ANSWER, answer)}

    for name, value in (("Direct", OneStep), ("offers", offers)):
        # Where service.py gets them under another name, the bench must not measure its own tools.
        assert hasattr(service, name), name
        setattr(service, name, value)


class Nobody:
    """A worker that claims nothing: the runs of its process are for others."""

    def __init__(self, *_parts: object, **_settings: object) -> None:
        import asyncio

        self._end = asyncio.Event()

    async def run(self) -> None:
        await self._end.wait()

    async def close(self, grace: float) -> None:
        """There is nothing to end."""


def claim_nothing() -> None:
    """From now on a Service of this process only takes what is submitted."""
    assert hasattr(service, "Worker")
    service.Worker = Nobody  # type: ignore[misc,assignment]
