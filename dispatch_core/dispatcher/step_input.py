"""What people write to a command while it runs."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from dispatch_core.abilities import ToolName
from dispatch_core.audit_trail import AuditKind
from dispatch_core.dispatcher.room import Room, device_owner
from dispatch_core.errors import MayNotWrite, NothingReads, WrittenTogether
from dispatch_core.lifecycle import RunStatus, StepStatus
from dispatch_core.policy.deciders import Act, Asked, refusal
from dispatch_core.protocol import StepResult
from dispatch_core.records import audit, runs, step_inputs, steps, threads
from dispatch_core.records.transaction import Transaction
from dispatch_core.views import Decider

UNUSED = (
    "What was written to this command was not used, since it was refused before it began; if it "
    "is asked for and approved again, write it once more while it runs."
)


class StepInput(Room):
    """The verb by which a person answers a running command."""

    async def write_input(
        self, thread_key: str, lines: Sequence[str], decider: Decider, message_key: str
    ) -> bool:
        """Give lines to the command that runs in a thread, each once, in order.

        A line of one control character is Ctrl-C ("\\x03") or the end of input ("\\x04"). False
        where no command was ever asked for in the thread, so the message means something else.
        Raises NothingReads, MayNotWrite, WrittenTogether. Nothing of it is logged.
        """
        write = partial(self._write_input, thread_key, tuple(lines), decider, message_key)
        return await self.store.write(write)

    def _write_input(
        self,
        thread_key: str,
        lines: tuple[str, ...],
        decider: Decider,
        message_key: str,
        tx: Transaction,
    ) -> bool:
        thread_id = threads.find(tx, thread_key)
        if thread_id is None:
            return False
        if step_inputs.is_taken(tx, message_key):
            return True
        run, step = _reader(tx, thread_id)
        if step is None:
            if step_inputs.has_had_a_reader(tx, thread_id):
                raise NothingReads
            return False
        self._check_writer(tx, run, step.id, decider)
        step_inputs.add(tx, step.id, lines, message_key)
        subjects = {"run_id": run.id, "step_id": step.id, "device_id": run.device_id}
        audit.note(tx, AuditKind.STEP_INPUT, decider.person, subjects, {"lines": len(lines)})
        return True

    def _check_writer(self, tx: Transaction, run: Any, step_id: str, decider: Decider) -> None:
        """Input can make a command do anything: who writes it must be able to approve that."""
        rules = self.parts.rules
        authors = step_inputs.authors(tx, step_id)
        asked = Asked(run.requester, device_owner(tx, run.device_id), authors)
        if refusal(rules, decider, asked, Act.APPROVE) is not None:
            raise MayNotWrite
        if rules.needed > 1:
            raise WrittenTogether(needed=rules.needed)


def tell_of_unused(tx: Transaction, run: Any, step_id: str, result: StepResult) -> None:
    """Say in the thread that lines were taken for a step that never began.

    They are not kept for what is asked next: that may be another command, which nobody answered.
    """
    if result.status is StepStatus.REFUSED and step_inputs.is_unread(tx, step_id):
        threads.say(tx, run.thread_id, UNUSED, run_id=run.id)


def _reader(tx: Transaction, thread_id: str) -> tuple[Any, Any]:
    """The running run of a thread and its command, which reads input; None twice without one."""
    for run in runs.active_in_thread(tx, thread_id):
        if run.status is not RunStatus.RUNNING or run.owner != run.device_id:
            continue
        for step in steps.of_run(tx, run.id):
            if step.status is StepStatus.STARTED and step.tool == ToolName.SHELL:
                return run, step
    return None, None
