"""A step goes to a device: which one, and may it at all."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from dispatch_core.abilities import Capabilities, Permissions, ToolName, VerdictKind
from dispatch_core.errors import DispatchError
from dispatch_core.lifecycle import EndReason, StepStatus
from dispatch_core.planning.planner import NextStep
from dispatch_core.policy.fingerprint import fingerprint
from dispatch_core.policy.verdicts import Verdict, judge_at_device
from dispatch_core.records import claims, devices, steps
from dispatch_core.records.transaction import Transaction
from dispatch_core.work import Claim

CHOOSE = "which device?"


class NoDevice(DispatchError):
    """You have no paired device; type `/devices pair` and follow it on the computer you mean."""


class UnknownDevice(DispatchError):
    """You have no device named {name}; you have {names}."""


class WhichDevice(DispatchError):
    """You have several devices ({names}); start with `[device=NAME]` to say which."""


def hand_over(
    tx: Transaction, claim: Claim, row: Any, step: NextStep, *, choose_ttl: float
) -> None:
    """Journal a device's step and queue it there, to be looked at; or end the run with the reason.

    Only the device can tell what a command would do there, so it is asked before a person is.
    Where it is not clear which device is meant, the run waits choose_ttl seconds for its asker.
    """
    try:
        device = choose_device(tx, row.requester, row.device_wish, row.device_id)
    except WhichDevice:
        until = tx.now + timedelta(seconds=choose_ttl)
        claims.wait_for_approval_if_held(tx, claim, choose_until=until, activity=CHOOSE)
        return
    except DispatchError as error:
        claims.finish_if_held(tx, claim, EndReason.ERROR, answer=str(error))
        return
    verdict = verdict_on(step.tool, device, step.arguments)
    if verdict.kind is VerdictKind.DENY:
        denied = {"answer": verdict.reason + _unless_confirmed(device), "device_id": device.id}
        claims.finish_if_held(tx, claim, EndReason.DENIED, **denied)
        return
    plan_at(tx, row.id, device.id, step.tool, dict(step.arguments))
    claims.queue_if_held(tx, claim, device.id, device_id=device.id)


def _unless_confirmed(device: Any) -> str:
    """What its owner permitted there already may only wait to be confirmed here."""
    if device.wider is None:
        return ""
    return f" What it newly reports waits for its owner to confirm: `/devices {device.name}`."


def plan_at(
    tx: Transaction, run_id: str, device_id: str, tool: str, arguments: dict[str, Any]
) -> None:
    """Journal a step that a device has not looked at yet."""
    mark = fingerprint(tool, arguments, device_id=device_id)
    steps.add(tx, steps.NewStep(run_id, tool, arguments, mark), StepStatus.PLANNED)


def verdict_on(tool: ToolName, device: Any, arguments: Mapping[str, Any] | None = None) -> Verdict:
    """What policy says to such a step on the device of this row, as it is now."""
    capabilities = Capabilities.model_validate(device.capabilities)
    permissions = Permissions.model_validate(device.permissions)
    return judge_at_device(tool, device.name, capabilities, permissions, arguments)


def choose_device(
    tx: Transaction, owner: str, wish: str | None, used_before: str | None = None
) -> Any:
    """The row of the device that a person means; it is not removed before the transaction's end.

    In this order: the one named, the one that the run was at before, the only one, the default.
    Raises NoDevice, UnknownDevice, WhichDevice: a doubt is never settled by a guess.
    """
    mine = devices.keep_of_owner(tx, owner)
    if not mine:
        raise NoDevice
    names = ", ".join(device.name for device in mine)
    if wish is not None:
        named = [device for device in mine if device.name.casefold() == wish.casefold()]
        if not named:
            raise UnknownDevice(name=wish, names=names)
        return min(named, key=lambda device: device.name != wish)
    clear = [device for device in mine if device.id == used_before] or (
        mine if len(mine) == 1 else [device for device in mine if device.is_default]
    )
    if not clear:
        raise WhichDevice(names=names)
    return clear[0]
