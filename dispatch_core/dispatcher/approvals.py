"""A person's answer to a step: checked, applied once, with its consequence in one transaction."""

from functools import partial
from typing import Any

from dispatch_core.dispatcher.room import Room
from dispatch_core.errors import AlreadyDecided, ApprovalClosed, MayNotDecide, NotFound
from dispatch_core.lifecycle import ApprovalStatus, EndReason, RunStatus, StepStatus
from dispatch_core.planning.fences import unlinked
from dispatch_core.policy.deciders import approvers_of, may_decide
from dispatch_core.protocol import StepResult
from dispatch_core.records import approvals, runs, shown, steps
from dispatch_core.records.transaction import Transaction
from dispatch_core.views import ApprovalView, Decider, Decision

_WAITING = (RunStatus.WAITING_APPROVAL,)


class Approvals(Room):
    """The verbs around approvals."""

    async def approval(self, approval_id: str) -> ApprovalView:
        """One approval; raises NotFound."""
        return await self.store.read(partial(self._view, approval_id))

    async def decide(
        self, approval_id: str, decision: Decision, decider: Decider, reason: str = ""
    ) -> ApprovalView:
        """Approve or reject, once; the run goes on or ends in the same transaction.

        Raises NotFound, MayNotDecide, AlreadyDecided (facts: status, by), ApprovalClosed.
        """
        outcome = await self.store.write(
            partial(self._decide, approval_id, decision, decider, reason.strip())
        )
        if outcome is None:
            raise ApprovalClosed(status=_ended(ApprovalStatus.EXPIRED))
        return outcome

    def _view(self, approval_id: str, tx: Transaction) -> ApprovalView:
        view = shown.approval(tx, approval_id)
        if view is None:
            raise NotFound(what="approval", name=approval_id)
        return self.dressed_approval(view)

    def _decide(
        self, approval_id: str, decision: Decision, decider: Decider, reason: str, tx: Transaction
    ) -> ApprovalView | None:
        row = approvals.hold(tx, approval_id)
        if row is None:
            raise NotFound(what="approval", name=approval_id)
        self._check(row, decider)
        if row.expires_at <= tx.now and self.parts.calm.holds:
            expire(tx, row)
            return None
        if decision is Decision.APPROVE:
            _approve(tx, row, decider.person)
        else:
            _reject(tx, row, decider.person, reason)
        return self._view(approval_id, tx)

    def _check(self, row: Any, decider: Decider) -> None:
        rules = self.parts.rules
        if not may_decide(rules, decider, row.device_owner, row.requester):
            allowed = approvers_of(rules, row.device_owner, row.requester)
            raise MayNotDecide(who=" or ".join(allowed), approvers=allowed)
        if row.status in (ApprovalStatus.EXPIRED, ApprovalStatus.WITHDRAWN):
            raise ApprovalClosed(status=_ended(row.status))
        if row.status is not ApprovalStatus.PENDING:
            raise AlreadyDecided(status=row.status, by=row.decided_by)


def _approve(tx: Transaction, row: Any, person: str) -> None:
    approvals.close_if_pending(tx, row.id, ApprovalStatus.APPROVED, by=person)
    # A run that left waiting_approval withdrew its question, so this can't miss.
    if not runs.queue_if(tx, row.run_id, _WAITING, row.desk):
        raise ApprovalClosed(status=_ended(ApprovalStatus.WITHDRAWN))


def _reject(tx: Transaction, row: Any, person: str, reason: str) -> None:
    approvals.close_if_pending(
        tx, row.id, ApprovalStatus.REJECTED, by=person, reason=reason or None
    )
    answer = f"Rejected: {unlinked(reason)}" if reason else ""
    runs.end_if(tx, row.run_id, _WAITING, EndReason.REJECTED, answer=answer)
    steps.end_unfinished(tx, row.run_id, StepResult(status=StepStatus.REFUSED, text=answer))


def expire(tx: Transaction, row: Any) -> None:
    """End a request that nobody answered in time: expired, which is not rejected."""
    if approvals.close_if_pending(tx, row.id, ApprovalStatus.EXPIRED):
        answer = "Nobody decided in time, so nothing was done. Retry asks again."
        runs.end_if(tx, row.run_id, _WAITING, EndReason.APPROVAL_EXPIRED, answer=answer)
        steps.end_unfinished(tx, row.run_id, StepResult(status=StepStatus.REFUSED, text=answer))


def _ended(status: ApprovalStatus) -> str:
    return "expired" if status is ApprovalStatus.EXPIRED else "was withdrawn"
