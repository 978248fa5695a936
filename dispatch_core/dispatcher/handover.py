"""A step goes to a device: which one, may it, and must a person be asked first."""

from datetime import timedelta
from typing import Any

from dispatch_core.errors import DispatchError
from dispatch_core.lifecycle import EndReason, StepStatus
from dispatch_core.planning.planner import NextStep
from dispatch_core.policy.fingerprint import fingerprint
from dispatch_core.policy.verdicts import Verdict, judge_at_device
from dispatch_core.protocol import Capabilities, Permissions, ToolName, VerdictKind
from dispatch_core.records import approvals, claims, devices, steps
from dispatch_core.records.transaction import Transaction
from dispatch_core.redaction import hides_what_acts, show_payload
from dispatch_core.routes.desktop_local import shown
from dispatch_core.work import Claim, StepView

# A reminder comes when this share of an approval's time is over.
REMIND_AT = 0.75

HIDDEN = (
    "A mask over what looks like a secret would hide a part of this command that acts, so nobody "
    "was asked; keep the secret in a file or a variable on the device and name that instead."
)


class NoDevice(DispatchError):
    """You have no paired device; type `/devices pair` and follow it on the computer you mean."""


class UnknownDevice(DispatchError):
    """You have no device named {name}; yours are: {names}."""


class WhichDevice(DispatchError):
    """You have several devices ({names}); start with `[device=NAME]` to say which."""


def hand_over(
    tx: Transaction, claim: Claim, row: Any, step: NextStep, *, approval_ttl: float
) -> None:
    """Journal a device's step, then queue it there, ask for it, or end the run with the reason."""
    try:
        device = choose_device(tx, row.requester, row.device_wish)
    except DispatchError as error:
        claims.finish_if_held(tx, claim, EndReason.ERROR, answer=str(error))
        return
    verdict = _verdict_on_step(step, device)
    if verdict.kind is VerdictKind.DENY:
        denied = {"answer": verdict.reason, "device_id": device.id}
        claims.finish_if_held(tx, claim, EndReason.DENIED, **denied)
        return
    planned = _journal(tx, row, device, step)
    if verdict.kind is VerdictKind.ALLOW:
        claims.queue_if_held(tx, claim, device.id, device_id=device.id)
        return
    claims.wait_for_approval_if_held(tx, claim, device_id=device.id, activity="")
    question = _question(row, device, planned, verdict.reason)
    ends = timedelta(seconds=approval_ttl)
    approvals.ask(tx, row.thread_id, question, tx.now + ends, tx.now + ends * REMIND_AT)


def verdict_on(tool: ToolName, device: Any) -> Verdict:
    """What policy says to this tool on the device of this row, as it is now."""
    capabilities = Capabilities.model_validate(device.capabilities)
    permissions = Permissions.model_validate(device.permissions)
    return judge_at_device(tool, device.name, capabilities, permissions)


def _verdict_on_step(step: NextStep, device: Any) -> Verdict:
    """Policy's word; but what a person could not see whole, no person is asked for."""
    verdict = verdict_on(step.tool, device)
    if verdict.kind is VerdictKind.ASK and hides_what_acts(
        shown.asked_for(step.tool, step.arguments)
    ):
        return Verdict(VerdictKind.DENY, HIDDEN)
    return verdict


def _journal(tx: Transaction, row: Any, device: Any, step: NextStep) -> StepView:
    arguments = dict(step.arguments)
    mark = fingerprint(step.tool, arguments, device_id=device.id)
    return steps.add(tx, steps.NewStep(row.id, step.tool, arguments, mark), StepStatus.PLANNED)


def _question(row: Any, device: Any, step: StepView, reason: str) -> approvals.NewApproval:
    return approvals.NewApproval(
        run_id=row.id,
        step_id=step.id,
        title=shown.title(ToolName(step.tool), device.name),
        description=reason,
        payload=show_payload(shown.asked_for(ToolName(step.tool), step.arguments)),
        desk=device.id,
        device_id=device.id,
        device_owner=device.owner,
        requester=row.requester,
    )


def choose_device(tx: Transaction, owner: str, wish: str | None) -> Any:
    """The row of the device that a person means.

    Raises NoDevice, UnknownDevice, WhichDevice: a doubt is never settled by a guess.
    """
    mine = devices.of_owner(tx, owner)
    if not mine:
        raise NoDevice
    names = ", ".join(device.name for device in mine)
    if wish is not None:
        named = [device for device in mine if device.name.casefold() == wish.casefold()]
        if not named:
            raise UnknownDevice(name=wish, names=names)
        return named[0]
    if len(mine) > 1:
        raise WhichDevice(names=names)
    return mine[0]
