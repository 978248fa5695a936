"""Who may decide an approval, grant, edit, and stop or repeat a run: one place, failing closed."""

from dataclasses import dataclass
from enum import StrEnum

from dispatch_core.approval_errors import MayNotDecide, OwnRequest
from dispatch_core.errors import DispatchError
from dispatch_core.views import Decider


@dataclass(frozen=True, slots=True)
class ApprovalRules:
    """What the operator set; approvers are person and group keys, and may be empty.

    needed is how many different people must approve; approve_own, whether who asked for a step, or
    edited it, may be one of them.
    """

    approvers: frozenset[str] = frozenset()
    needed: int = 1
    approve_own: bool = True


class Act(StrEnum):
    """What a person does to a pending approval; a grant is a lasting approval."""

    APPROVE = "approve"
    GRANT = "grant"
    EDIT = "edit"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the right to decide hangs on: who asked, whose device, and who edited the step."""

    requester: str
    device_owner: str | None = None
    authors: tuple[str, ...] = ()


def refusal(rules: ApprovalRules, decider: Decider, asked: Asked, act: Act) -> DispatchError | None:
    """Why this person may not do this; None where they may.

    A grant is the device owner's or an operator's approver's to give, so where there is neither,
    it is nobody's. What one asked for oneself one may always reject.
    """
    allowed = approvers_of(rules, asked.device_owner, asked.requester)
    if right_of(rules, decider, asked) is None:
        return MayNotDecide(who=" or ".join(allowed), approvers=allowed)
    if act is Act.GRANT and asked.device_owner is None and not rules.approvers:
        return MayNotDecide(who="nobody", approvers=())
    if act is not Act.REJECT and not rules.approve_own and decider.person in _authors(asked):
        others = who_may(rules, asked)
        return OwnRequest(who=" or ".join(others) or "nobody", approvers=others)
    return None


def right_of(rules: ApprovalRules, decider: Decider, asked: Asked) -> str | None:
    """The key, their own or a group's, by which a person may decide; None where none does."""
    allowed = approvers_of(rules, asked.device_owner, asked.requester)
    if decider.person in allowed:
        return decider.person
    return min(decider.groups.intersection(allowed), default=None)


def still_counts(rules: ApprovalRules, via: str, person: str, asked: Asked) -> bool:
    """Whether a vote given by this right is one by the rules as they are now."""
    own = not rules.approve_own and person in _authors(asked)
    return via in approvers_of(rules, asked.device_owner, asked.requester) and not own


def who_may(rules: ApprovalRules, asked: Asked) -> tuple[str, ...]:
    """The persons and groups who may approve this."""
    allowed = approvers_of(rules, asked.device_owner, asked.requester)
    if rules.approve_own:
        return allowed
    return tuple(key for key in allowed if key not in _authors(asked))


def approvers_of(rules: ApprovalRules, device_owner: str | None, requester: str) -> tuple[str, ...]:
    """The persons and groups who may decide: the operator's, else the owner, else the asker."""
    if rules.approvers:
        return tuple(sorted(rules.approvers))
    return (device_owner or requester,)


def may_stop(
    rules: ApprovalRules, decider: Decider, device_owner: str | None, requester: str
) -> bool:
    """Whether this person may stop a run: its asker, its device's owner, or an approver."""
    if decider.person in (requester, device_owner):
        return True
    return right_of(rules, decider, Asked(requester, device_owner)) is not None


def may_revoke(rules: ApprovalRules, decider: Decider, device_owner: str, made_by: str) -> bool:
    """Whether this person may end a grant: who gave it, the device's owner, or an approver."""
    if decider.person in (device_owner, made_by):
        return True
    return right_of(rules, decider, Asked(device_owner, device_owner)) is not None


def _authors(asked: Asked) -> frozenset[str]:
    return frozenset((asked.requester, *asked.authors))
