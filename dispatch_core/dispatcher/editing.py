"""A person changes a step before it is approved: it is looked at, and asked for, anew."""

from functools import partial
from typing import Any

from dispatch_core.abilities import ToolName
from dispatch_core.approval_errors import ApprovalClosed, BadEdit, NotEditable
from dispatch_core.approval_views import ApprovalView
from dispatch_core.dispatcher.approvals import Approvals, ended_words
from dispatch_core.dispatcher.handover import plan_at
from dispatch_core.dispatcher.preparing import HIDDEN
from dispatch_core.lifecycle import ApprovalStatus, RunStatus, StepStatus
from dispatch_core.policy.deciders import Act
from dispatch_core.protocol import StepResult
from dispatch_core.records import approvals, runs, steps
from dispatch_core.records.approvals import Closing
from dispatch_core.records.transaction import Transaction
from dispatch_core.redaction import hides_what_acts
from dispatch_core.routes.desktop_local import captions
from dispatch_core.routes.desktop_local.editing import MOST_CHARS, edited, text_of
from dispatch_core.views import Decider

EDITED = "It was edited before it was approved; the next step is what became of it."


class Editing(Approvals):
    """The verbs by which an approval is edited."""

    async def text_to_edit(self, approval_id: str, decider: Decider) -> str:
        """The exact text that this person may change; raises NotEditable and what decide raises."""

        def look(tx: Transaction) -> str | None:
            row = self.hold_open(tx, approval_id, decider, Act.EDIT)
            return None if row is None else _text(tx, row)

        text = await self.store.write(look)
        if text is None:
            raise ApprovalClosed(status=ended_words(ApprovalStatus.EXPIRED))
        return text

    async def edit(self, approval_id: str, text: str, decider: Decider) -> ApprovalView:
        """Withdraw a pending approval, and let its device look at the edited step anew.

        Returns the withdrawn one. Raises NotEditable, BadEdit, and what decide raises.
        """
        return await self._unless_expired(partial(self._edit, approval_id, text, decider))

    def _edit(
        self, approval_id: str, text: str, decider: Decider, tx: Transaction
    ) -> ApprovalView | None:
        row = self.hold_open(tx, approval_id, decider, Act.EDIT)
        if row is None:
            return None
        before = _text(tx, row)
        step = steps.get(tx, row.step_id)
        arguments = _checked(step, before, text)
        closing = Closing(ApprovalStatus.WITHDRAWN, replaced_by=decider.person, reason=None)
        approvals.close_if_pending(tx, row.id, closing)
        steps.end_unfinished(tx, row.run_id, StepResult(status=StepStatus.REFUSED, text=EDITED))
        plan_at(tx, row.run_id, row.device_id, step.tool, arguments)
        if not runs.queue_if(tx, row.run_id, (RunStatus.WAITING_APPROVAL,), row.desk):
            raise ApprovalClosed(status=ended_words(ApprovalStatus.WITHDRAWN))
        return self._view(approval_id, tx)


def _text(tx: Transaction, row: Any) -> str:
    if not row.editable or row.device_id is None:
        raise NotEditable
    step = steps.get(tx, row.step_id)
    return text_of(ToolName(step.tool), step.arguments)


def _checked(step: Any, before: str, text: str) -> dict[str, Any]:
    if not text.strip():
        raise BadEdit(problem="There is nothing in it")
    if len(text) > MOST_CHARS:
        raise BadEdit(problem=f"It is longer than {MOST_CHARS} characters")
    if text == before:
        raise BadEdit(problem="It is the same as before")
    tool = ToolName(step.tool)
    arguments = edited(tool, step.arguments, text)
    if hides_what_acts(captions.asked_for(tool, arguments)):
        raise BadEdit(problem=HIDDEN.rstrip("."))
    return arguments
