"""Does one step at most once, and hands its end over however long the core is away."""

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from device_agent.backoff import Backoff
from device_agent.client import Client
from device_agent.errors import CoreAway, RefusedByCore
from device_agent.journal import Entry, Journal
from device_agent.permissions import find_capabilities, refusal
from device_agent.reporter import PROGRESS_SECONDS, Reporter
from device_agent.settings import Pairing
from device_agent.tools.step import DeviceTool, StepRoom, Stop, refused
from dispatch_core.errors import DispatchError, LostClaim
from dispatch_core.lifecycle import StepStatus
from dispatch_core.policy.fingerprint import fingerprint
from dispatch_core.protocol import StepOrder, StepResult, ToolName

log = logging.getLogger(__name__)

INTERRUPTED = StepResult(
    status=StepStatus.INTERRUPTED,
    text="The companion ended while it did this step, so it may have had an effect; "
    "it was not done again.",
)


@dataclass(frozen=True)
class Bench:
    """Where steps are done: the pairing's limits, the journal and the tools."""

    pairing: Pairing
    journal: Journal
    tools: Mapping[ToolName, DeviceTool]
    progress_every: float = PROGRESS_SECONDS

    def do(self, order: StepOrder, client: Client, stop: Stop) -> None:
        """Do a step that was never started here; its end is in the journal afterwards."""
        sentence = self._refusal(order)
        if sentence:
            result = refused(sentence)
        else:
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

    def _refusal(self, order: StepOrder) -> str:
        """Why the step is not done, whatever the core thinks of it."""
        capabilities = find_capabilities(self.pairing.folders)
        if sentence := refusal(order.tool, self.pairing.permissions, capabilities):
            return sentence
        if order.tool not in self.tools:
            return f"This companion has no tool {order.tool.value}, so nothing was done."
        device_id = self.pairing.device_id
        if fingerprint(order.tool, order.arguments, device_id=device_id) != order.fingerprint:
            return "What was approved is not what would run here, so nothing was done."
        return ""

    def _use_tool(self, order: StepOrder, client: Client, stop: Stop) -> StepResult:
        reporter = Reporter(client.another(), order.step_id, stop, self.progress_every)

        def send_file(name: str, path: Path) -> None:
            _upload(client, order, stop, name, path)

        room = StepRoom(order.timeout_seconds, stop, reporter.emit, send_file)
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


def _upload(client: Client, order: StepOrder, stop: Stop, name: str, path: Path) -> None:
    """Send a file, again after a network loss, until the step is stopped or its time is over.

    Where the step's lease ran out meanwhile, the next report of progress takes the step back, or
    is answered with a stop. Raises CoreAway or RefusedByCore then, and PairingGone at once.
    """
    backoff, deadline = Backoff(), time.monotonic() + order.timeout_seconds
    while True:
        try:
            client.upload(order.step_id, name, path)
        except (CoreAway, RefusedByCore) as error:
            if isinstance(error, RefusedByCore) and error.error != LostClaim.__name__:
                raise
            if stop.event.wait(backoff.seconds()) or time.monotonic() > deadline:
                raise
        else:
            return
