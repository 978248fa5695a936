"""A step goes to a device: which one, may it, and must a person be asked first."""

from datetime import timedelta
from typing import Any

from dispatch_core.errors import DispatchError
from dispatch_core.lifecycle import EndReason, StepStatus
from dispatch_core.planning.planner import NextStep
from dispatch_core.policy.fingerprint import fingerprint
from dispatch_core.policy.verdicts import VerdictKind, judge_at_device
from dispatch_core.protocol import Capabilities, Permissions, ToolName
from dispatch_core.records import approvals, claims, devices, steps
from dispatch_core.records.transaction import Transaction
from dispatch_core.redaction import show_payload
from dispatch_core.work import Claim

# A reminder comes when this share of an approval's time is over.
REMIND_AT = 0.75

_TITLES = {
    ToolName.SHELL: "Run a shell command on {device}",
    ToolName.READ_FILE: "Read a file on {device}",
    ToolName.LIST_FOLDER: "List a folder on {device}",
}


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
    verdict = judge_at_device(
        step.tool,
        device.name,
        Capabilities.model_validate(device.capabilities),
        Permissions.model_validate(device.permissions),
    )
    if verdict.kind is VerdictKind.DENY:
        claims.finish_if_held(
            tx, claim, EndReason.DENIED, answer=verdict.reason, device_id=device.id
        )
        return
    arguments = dict(step.arguments)
    mark = fingerprint(step.tool, arguments, device_id=device.id)
    new = steps.NewStep(row.id, step.tool, arguments, mark)
    planned = steps.add(tx, new, StepStatus.PLANNED)
    if verdict.kind is VerdictKind.ALLOW:
        claims.queue_if_held(tx, claim, device.id, device_id=device.id)
        return
    claims.wait_for_approval_if_held(tx, claim, device_id=device.id, activity="")
    shown = show_payload("\n".join(str(value) for value in arguments.values()))
    question = approvals.NewApproval(
        run_id=row.id,
        step_id=planned.id,
        title=_TITLES[step.tool].format(device=device.name),
        description=verdict.reason,
        payload=shown,
        desk=device.id,
        device_id=device.id,
        device_owner=device.owner,
        requester=row.requester,
        expires_at=tx.now + timedelta(seconds=approval_ttl),
        remind_at=tx.now + timedelta(seconds=approval_ttl * REMIND_AT),
    )
    approvals.ask(tx, row.thread_id, question)


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
