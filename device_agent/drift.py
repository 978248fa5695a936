"""Tells which part of an approved step is no longer as it was approved."""

from dispatch_core.lifecycle import StepStatus
from dispatch_core.policy.fingerprint import fingerprint
from dispatch_core.protocol import Bound, Drift, StepOrder, StepResult

_SENTENCES = {
    Drift.DEVICE: "This was approved for another device, so nothing was done.",
    Drift.WORKING_DIRECTORY: "The working directory is not the approved one any more, "
    "so nothing was done.",
    Drift.ENVIRONMENT: "What surrounds this step ({what}) has changed since it was approved, "
    "so nothing was done.",
    Drift.FILES: "{what} has changed since this was approved, so nothing was done.",
    Drift.PROGRAMS: "{what} is not the approved program any more, so nothing was done.",
    Drift.ARGUMENTS: "What was approved is not what would run here, so nothing was done.",
}


def find_drift(order: StepOrder, device_id: str, now: Bound) -> StepResult | None:
    """The refusal of an order that is not what was approved; None where it is, to the byte.

    now is what the device would bind at this moment. The fingerprint has the last word: whoever
    changed an order and what it says of itself still has not changed what was approved.
    """
    if order.device_id != device_id:
        return _refusal(Drift.DEVICE)
    was = order.bound
    if now.working_directory != was.working_directory:
        return _refusal(Drift.WORKING_DIRECTORY)
    for drift, approved, present in (
        (Drift.ENVIRONMENT, was.environment, now.environment),
        (Drift.FILES, was.files, now.files),
        (Drift.PROGRAMS, was.programs, now.programs),
    ):
        if approved != present:
            return _refusal(drift, _changed(approved, present))
    if (
        fingerprint(order.tool, order.arguments, device_id=device_id, bound=now)
        != order.fingerprint
    ):
        return _refusal(Drift.ARGUMENTS)
    return None


def _changed(approved: dict[str, str], present: dict[str, str]) -> str:
    names = sorted(approved.keys() | present.keys())
    return ", ".join(name for name in names if approved.get(name) != present.get(name))


def _refusal(drift: Drift, what: str = "") -> StepResult:
    return drifted(drift, _SENTENCES[drift].format(what=what))


def drifted(drift: Drift, sentence: str) -> StepResult:
    """The refusal of a step that is to be asked for anew."""
    return StepResult(status=StepStatus.REFUSED, text=sentence, drift=drift)
