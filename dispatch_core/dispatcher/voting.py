"""One person's yes, and whether it is enough: as many as the operator wants, each person once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dispatch_core.approval_errors import AlreadyVoted, BadGrantEnd, NotGrantable
from dispatch_core.lifecycle import Scope
from dispatch_core.policy.deciders import Act, ApprovalRules, Asked, right_of, still_counts
from dispatch_core.records import approvals, votes
from dispatch_core.records.transaction import Transaction
from dispatch_core.views import Decider

# Unless a day is said: work in a thread is soon over, and a month is long enough to be sure.
ENDS_AFTER = {Scope.THREAD: timedelta(days=7), Scope.ALWAYS: timedelta(days=30)}
# A year and a day: the last day that can be chosen counts to its end, in any time zone.
LONGEST = timedelta(days=366)
_WIDENING = (Scope.ONCE, Scope.THREAD, Scope.ALWAYS)


@dataclass(frozen=True, slots=True)
class Yes:
    """Who approves, and how far it is to reach."""

    decider: Decider
    scope: Scope = Scope.ONCE
    until: datetime | None = None

    @property
    def act(self) -> Act:
        """What it takes a right to do."""
        return Act.APPROVE if self.scope is Scope.ONCE else Act.GRANT


def end_of(tx: Transaction, row: Any, yes: Yes) -> datetime | None:
    """When the grant ends that is asked for; None for this once.

    Raises NotGrantable, BadGrantEnd.
    """
    if yes.scope is Scope.ONCE:
        return None
    if row.grant_key is None or row.device_id is None:
        raise NotGrantable
    until = yes.until or tx.now + ENDS_AFTER[yes.scope]
    if not tx.now < until <= tx.now + LONGEST:
        raise BadGrantEnd
    return until


def consent(
    tx: Transaction, rules: ApprovalRules, row: Any, yes: Yes, until: datetime | None
) -> tuple[Scope, datetime | None] | None:
    """Count a yes; where it is enough, how far all of them together reach: the narrowest, soonest.

    None where others are still needed; raises AlreadyVoted where this one had said so before.
    """
    asked = Asked(row.requester, row.device_owner, tuple(row.authors))
    via = right_of(rules, yes.decider, asked) or ""
    vote = votes.NewVote(row.id, yes.decider.person, via, yes.scope, until)
    is_new = votes.add(tx, vote)
    counted = [v for v in votes.of(tx, row.id) if still_counts(rules, v.via, v.person, asked)]
    missing = rules.needed - len(counted)
    if missing > 0:
        if not is_new:
            raise AlreadyVoted(missing=missing)
        approvals.note_vote(tx, row, yes.decider.person, {"missing": missing, "scope": yes.scope})
        return None
    scope = min((vote.scope for vote in counted), key=_WIDENING.index)
    ends = [vote.until for vote in counted if vote.until is not None]
    return scope, min(ends) if scope is not Scope.ONCE else None
