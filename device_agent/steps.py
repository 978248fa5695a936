"""Does one step at most once, and hands its end over however long the core is away."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from device_agent.backoff import Backoff
from device_agent.client import Client
from device_agent.drift import find_drift
from device_agent.errors import CoreAway, RefusedByCore
from device_agent.journal import Entry, Journal
from device_agent.permissions import find_capabilities, refusal
from device_agent.reporter import PROGRESS_SECONDS, Reporter
from device_agent.settings import Pairing
from device_agent.tools.step import DeviceTool, StepRoom, Stop, denied, refused
from dispatch_core.abilities import ToolName, VerdictKind
from dispatch_core.errors import DispatchError, LostClaim
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import Preparation, StepOrder, StepQuestion, StepResult

log = logging.getLogger(__name__)

INTERRUPTED = StepResult(
    status=StepStatus.INTERRUPTED,
    text="The companion ended while it did this step, so it may have had an effect; "
    "it was not done again.",
)


@dataclass(frozen=True)
class Bench:
    """Where steps are done: the pairing's limits, the journal and the tools.

    Where the pairing is asked for (a callable), what its owner changed holds for the next step.
    confirm is told which folders the owner confirmed, with each step.
    """

    limits: Pairing | Callable[[], Pairing]
    journal: Journal
    tools: Mapping[ToolName, DeviceTool]
    progress_every: float = PROGRESS_SECONDS
    confirm: Callable[[Sequence[str] | None], None] = lambda _folders: None

    @property
    def pairing(self) -> Pairing:
        """The pairing as it stands now."""
        return self.limits() if callable(self.limits) else self.limits

    def do(self, order: StepOrder, client: Client, stop: Stop) -> None:
        """Do a step that was never started here; its end is in the journal afterwards."""
        result = self._refusal(order)
        if result is None:
            self.journal.start(order.step_id)
            result = self._use_tool(order, client, stop)
        log.info("Step %s (%s): %s", order.step_id, order.tool.value, result.status.value)
        self.journal.end(order.step_id, result)

    def close_interrupted(self, entry: Entry) -> None:
        """Give an end to a step that started in a life before this one."""
        if entry.result is None:
            self.journal.end(entry.step_id, INTERRUPTED)

    def hand_over(self, step_id: str, client: Client, closing: threading.Event) -> None:
        """Deliver a recorded end, trying until the core has it; raises PairingGone."""
        entry, backoff = self.journal.find(step_id), Backoff()
        while entry is not None and entry.result is not None:
            try:
                client.end(step_id, entry.result)
            except CoreAway as away:
                log.warning("The end of step %s waits: %s", step_id, away)
                if closing.wait(backoff.seconds()):
                    return
                continue
            except RefusedByCore as refusal:
                log.warning("The core does not take the end of step %s: %s", step_id, refusal)
            self.journal.deliver(step_id)
            return

    def look_at(
        self, question: StepQuestion, client: Client, closing: threading.Event
    ) -> StepOrder | None:
        """Tell the core what the device says to a step; the order where it may begin at once."""
        preparation, backoff = self.prepare(question), Backoff()
        while not closing.is_set():
            try:
                return client.prepared(question.step_id, preparation)
            except CoreAway as away:
                log.warning("What is to be said of step %s waits: %s", question.step_id, away)
                closing.wait(backoff.seconds())
            except RefusedByCore as refusal:
                log.info("Step %s is asked about no more: %s", question.step_id, refusal)
                break
        return None

    def prepare(self, asked: StepQuestion | StepOrder) -> Preparation:
        """What the device says to a step, and what it would bind now; has no effect."""
        self.confirm(asked.confirmed_folders)
        pairing = self.pairing
        capabilities = find_capabilities(pairing.folders)
        if sentence := refusal(asked.tool, pairing.permissions, capabilities):
            return denied(sentence)
        tool = self.tools.get(asked.tool)
        if tool is None:
            return denied(f"This companion has no tool {asked.tool.value}, so nothing was done.")
        try:
            return tool.prepare(asked.thread_id, asked.arguments)
        except DispatchError as error:
            return denied(str(error))
        except Exception as error:  # a question must have an answer, whatever befell its tool
            log.exception("Step %s could not be looked at", asked.step_id)
            return denied(f"Something went wrong in the companion ({type(error).__name__}).")

    def _refusal(self, order: StepOrder) -> StepResult | None:
        """Why the step is not done, whatever the core thinks of it."""
        preparation = self.prepare(order)
        if preparation.verdict is VerdictKind.DENY:
            return refused(" ".join(preparation.reasons))
        return find_drift(order, self.pairing.device_id, preparation.bound)

    def _use_tool(self, order: StepOrder, client: Client, stop: Stop) -> StepResult:
        reporter = Reporter(client.another(), order.step_id, stop, self.progress_every)
        room = _room(order, client, stop, reporter)
        with reporter.reporting():
            try:
                return self.tools[order.tool](room, order.arguments)
            except DispatchError as error:
                status = stop.status() if stop.event.is_set() else StepStatus.FAILED
                return StepResult(status=status, text=str(error))
            except Exception as error:  # a step must have an end, whatever befell its tool
                log.exception("Step %s failed", order.step_id)
                sentence = f"Something went wrong in the companion ({type(error).__name__})."
                return StepResult(status=StepStatus.FAILED, text=sentence)


def _room(order: StepOrder, client: Client, stop: Stop, reporter: Reporter) -> StepRoom:
    """What the step's tool works with: its files and its output go to the core and come from it."""

    def send_file(name: str, path: Path) -> None:
        _insist(order, stop, partial(client.upload, order.step_id, name, path))

    def take_file(name: str, target: Path) -> None:
        _insist(order, stop, partial(client.download, order.step_id, name, target))

    return StepRoom(
        order.timeout_seconds,
        stop,
        reporter.emit,
        send_file,
        take_file,
        reporter.take_input,
        bound=order.bound,
        thread_id=order.thread_id,
    )


def _insist(order: StepOrder, stop: Stop, move: Callable[[], object]) -> None:
    """Move a file, again after a network loss, until the step is stopped or its time is over.

    Where the step's lease ran out meanwhile, the next report of progress takes the step back, or
    is answered with a stop. Raises CoreAway or RefusedByCore then, and PairingGone at once.
    """
    backoff, deadline = Backoff(), time.monotonic() + order.timeout_seconds
    while True:
        try:
            move()
        except (CoreAway, RefusedByCore) as error:
            if isinstance(error, RefusedByCore) and error.error != LostClaim.__name__:
                raise
            if stop.event.wait(backoff.seconds()) or time.monotonic() > deadline:
                raise
        else:
            return
