"""A person's answer to a step: checked, applied once, with its consequence in one transaction."""

from datetime import datetime
from functools import partial
from typing import Any

from dispatch_core.approval_errors import AlreadyDecided, ApprovalClosed
from dispatch_core.approval_views import ApprovalView
from dispatch_core.dispatcher.room import Room
from dispatch_core.dispatcher.voting import Yes, consent, end_of
from dispatch_core.errors import NotFound
from dispatch_core.lifecycle import (
    CORE_DESK,
    ApprovalStatus,
    EndReason,
    RunStatus,
    Scope,
    StepStatus,
)
from dispatch_core.planning.fences import unlinked
from dispatch_core.policy.deciders import Act, Asked, refusal
from dispatch_core.protocol import StepResult
from dispatch_core.records import approvals, grants, runs, shown, steps
from dispatch_core.records.approvals import Closing
from dispatch_core.records.transaction import Transaction
from dispatch_core.views import Decider, Decision

_WAITING = (RunStatus.WAITING_APPROVAL,)


class Approvals(Room):
    """The verbs around approvals."""

    async def approval(self, approval_id: str) -> ApprovalView:
        """One approval; raises NotFound."""
        return await self.store.read(partial(self._view, approval_id))

    async def decide(
        self,
        approval_id: str,
        decision: Decision,
        decider: Decider,
        reason: str = "",
        scope: Scope = Scope.ONCE,
        until: datetime | None = None,
    ) -> ApprovalView:
        """Approve or reject, once; the run goes on or ends in the same transaction.

        An approval by one of several who are needed is a vote, and leaves it pending. A lasting
        scope gives a grant until `until`; left out, for a week in a thread and a month in all.
        Raises NotFound, MayNotDecide, OwnRequest, AlreadyVoted, AlreadyDecided (facts: status, by),
        ApprovalClosed, NotGrantable, BadGrantEnd.
        """
        if decision is Decision.APPROVE:
            work = partial(self._approve, approval_id, Yes(decider, scope, until))
        else:
            work = partial(self._reject, approval_id, decider, reason.strip())
        return await self._unless_expired(work)

    async def _unless_expired(self, work: Any) -> ApprovalView:
        outcome: ApprovalView | None = await self.store.write(work)
        if outcome is None:
            raise ApprovalClosed(status=ended_words(ApprovalStatus.EXPIRED))
        return outcome

    def _view(self, approval_id: str, tx: Transaction) -> ApprovalView:
        view = shown.approval(tx, approval_id)
        if view is None:
            raise NotFound(what="approval", name=approval_id)
        return self.dressed_approval(view)

    def _approve(self, approval_id: str, yes: Yes, tx: Transaction) -> ApprovalView | None:
        row = self.hold_open(tx, approval_id, yes.decider, yes.act)
        if row is None:
            return None
        until = end_of(tx, row, yes)
        agreed = consent(tx, self.parts.rules, row, yes, until)
        if agreed is not None:
            _go_on(tx, row, yes.decider.person, *agreed)
        return self._view(approval_id, tx)

    def _reject(
        self, approval_id: str, decider: Decider, reason: str, tx: Transaction
    ) -> ApprovalView | None:
        row = self.hold_open(tx, approval_id, decider, Act.REJECT)
        if row is None:
            return None
        closing = Closing(ApprovalStatus.REJECTED, by=decider.person, reason=reason or None)
        approvals.close_if_pending(tx, row.id, closing)
        _tell_of_rejection(tx, row, reason, replans=self.parts.replans)
        return self._view(approval_id, tx)

    def hold_open(
        self, tx: Transaction, approval_id: str, decider: Decider, act: Act
    ) -> Any | None:
        """The row of a pending approval with which this person may do this.

        None where its time is over, which ends it. Raises NotFound, AlreadyDecided, ApprovalClosed
        and what says that they may not.
        """
        row = approvals.hold(tx, approval_id)
        self._check(row, decider, act)
        if row.expires_at <= tx.now and self.parts.calm.holds_at(tx.now):
            expire(tx, row)
            return None
        return row

    def _check(self, row: Any, decider: Decider, act: Act) -> None:
        may_not = refusal(self.parts.rules, decider, asked_by(row), act)
        if may_not is not None:
            raise may_not
        if row.status in (ApprovalStatus.EXPIRED, ApprovalStatus.WITHDRAWN):
            raise ApprovalClosed(status=ended_words(row.status))
        if row.status is not ApprovalStatus.PENDING:
            raise AlreadyDecided(status=row.status, by=row.decided_by)


def asked_by(row: Any) -> Asked:
    """What the right to decide this approval hangs on."""
    return Asked(row.requester, row.device_owner, tuple(row.authors))


def _go_on(tx: Transaction, row: Any, person: str, scope: Scope, until: datetime | None) -> None:
    closing = Closing(ApprovalStatus.APPROVED, by=person, scope=scope, until=until)
    approvals.close_if_pending(tx, row.id, closing)
    if until is not None:
        _give(tx, row, person, scope, until)
    # A run that left waiting_approval withdrew its question, so this can't miss.
    if not runs.queue_if(tx, row.run_id, _WAITING, row.desk):
        raise ApprovalClosed(status=ended_words(ApprovalStatus.WITHDRAWN))


def _give(tx: Transaction, row: Any, person: str, scope: Scope, until: datetime) -> None:
    here = runs.get(tx, row.run_id).thread_id if scope is Scope.THREAD else None
    grant = grants.NewGrant(
        device_id=row.device_id,
        thread_id=here,
        key=row.grant_key,
        words=row.grant_words or row.title,
        tool=steps.get(tx, row.step_id).tool,
        approval_id=row.id,
        made_by=person,
        expires_at=until,
    )
    grants.give(tx, grant)


def _tell_of_rejection(tx: Transaction, row: Any, reason: str, *, replans: bool) -> None:
    """End the step with the reason; its run too, unless the planner may have another idea."""
    answer = f"Rejected: {unlinked(reason)}" if reason else ""
    result = StepResult(status=StepStatus.REFUSED, text=answer or "Rejected.", rejected=True)
    if replans and runs.queue_if(tx, row.run_id, _WAITING, CORE_DESK):
        steps.end_unfinished(tx, row.run_id, result)
        return
    runs.end_if(tx, row.run_id, _WAITING, EndReason.REJECTED, answer=answer)
    steps.end_unfinished(tx, row.run_id, result)


def expire(tx: Transaction, row: Any) -> None:
    """End a request that nobody answered in time: expired, which is not rejected."""
    if approvals.close_if_pending(tx, row.id, Closing(ApprovalStatus.EXPIRED)):
        answer = "Nobody decided in time, so nothing was done. Retry asks again."
        runs.end_if(tx, row.run_id, _WAITING, EndReason.APPROVAL_EXPIRED, answer=answer)
        steps.end_unfinished(tx, row.run_id, StepResult(status=StepStatus.REFUSED, text=answer))


def ended_words(status: ApprovalStatus) -> str:
    """How a request ended that nobody decided."""
    return "expired" if status is ApprovalStatus.EXPIRED else "was withdrawn"
