"""Who may decide an approval, and who may stop or repeat a run: one place, failing closed."""

from dataclasses import dataclass

from dispatch_core.views import Decider


@dataclass(frozen=True, slots=True)
class ApprovalRules:
    """What the operator set; approvers are person and group keys, and may be empty."""

    approvers: frozenset[str] = frozenset()


def approvers_of(rules: ApprovalRules, device_owner: str | None, requester: str) -> tuple[str, ...]:
    """The persons and groups who may decide: the operator's, else the owner, else the asker."""
    if rules.approvers:
        return tuple(sorted(rules.approvers))
    return (device_owner or requester,)


def may_decide(
    rules: ApprovalRules, decider: Decider, device_owner: str | None, requester: str
) -> bool:
    """Whether this person may approve or reject."""
    allowed = approvers_of(rules, device_owner, requester)
    return decider.person in allowed or not decider.groups.isdisjoint(allowed)


def may_stop(
    rules: ApprovalRules, decider: Decider, device_owner: str | None, requester: str
) -> bool:
    """Whether this person may stop a run: its asker, its device's owner, or an approver."""
    if decider.person in (requester, device_owner):
        return True
    return may_decide(rules, decider, device_owner, requester)
