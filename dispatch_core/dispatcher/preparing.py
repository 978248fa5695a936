"""What becomes of a step once its device has looked at it: refused, asked for, or begun."""

from datetime import timedelta
from functools import partial
from typing import Any

from dispatch_core.abilities import Capabilities, ToolName, VerdictKind
from dispatch_core.dispatcher.handover import verdict_on
from dispatch_core.dispatcher.room import Room
from dispatch_core.errors import LostClaim
from dispatch_core.lifecycle import CORE_DESK, EndReason, RunStatus, StepStatus
from dispatch_core.planning.fences import unlinked
from dispatch_core.policy.fingerprint import fingerprint
from dispatch_core.policy.verdicts import stricter
from dispatch_core.protocol import Preparation, Program, StepOrder, StepResult
from dispatch_core.records import approvals, claims, devices, grants, runs, steps
from dispatch_core.records.transaction import Transaction
from dispatch_core.redaction import hides_what_acts, show_payload
from dispatch_core.routes.desktop_local import captions
from dispatch_core.routes.desktop_local.editing import is_editable

# A reminder comes when this share of an approval's time is over.
REMIND_AT = 0.75

HIDDEN = (
    "A mask over what looks like a secret would hide a part of this command that acts, so nobody "
    "was asked; keep the secret in a file or a variable on the device and name that instead."
)


class Preparing(Room):
    """The verb by which a device says what it thinks of a step."""

    async def prepared(
        self, device_id: str, step_id: str, preparation: Preparation
    ) -> StepOrder | None:
        """Take a device's word; the order at once where nobody need be asked.

        The stricter of the core's verdict and the device's counts. Raises LostClaim, NotFound.
        """
        return await self.store.write(partial(self._prepared, device_id, step_id, preparation))

    def _prepared(
        self, device_id: str, step_id: str, preparation: Preparation, tx: Transaction
    ) -> StepOrder | None:
        devices.seen(tx, device_id)
        run, step = _asked_about(tx, device_id, step_id)
        device = devices.find(tx, device_id)
        if run.stop_requested_at is not None:
            _end(tx, run, step, StepResult(status=StepStatus.STOPPED))
            return None
        mark = fingerprint(step.tool, step.arguments, device_id=device_id, bound=preparation.bound)
        steps.prepare(tx, step_id, preparation, mark)
        verdict, why = _verdict(step, device, preparation)
        if verdict is VerdictKind.DENY:
            deny(tx, run, step, why)
            return None
        if verdict is VerdictKind.ASK and not _granted(tx, run, step, preparation):
            self._ask(tx, run, device, step, _with_reason(preparation, why))
            return None
        return begin(tx, run, device, steps.get(tx, step_id), self.settings.lease)

    def _ask(
        self, tx: Transaction, run: Any, device: Any, step: Any, preparation: Preparation
    ) -> None:
        claims.wait_for_approval_if_held(tx, claims.of(run), activity="")
        ends = timedelta(seconds=self.settings.approval_ttl)
        question = _question(tx, run, device, step, preparation)
        approvals.ask(tx, run.thread_id, question, tx.now + ends, tx.now + ends * REMIND_AT)


def confirmed_folders(device: Any) -> tuple[str, ...]:
    """The folders that this device's owner confirmed, and that it reported last."""
    return Capabilities.model_validate(device.capabilities).reachableFolders


def begin(tx: Transaction, run: Any, device: Any, step: Any, lease: float) -> StepOrder:
    """Journal a step as started, and say what the device is to do."""
    steps.start(tx, step.id)
    activity = captions.at_work(ToolName(step.tool), device.name)
    claims.note_if_held(tx, claims.of(run), activity=activity)
    return StepOrder(
        step_id=step.id,
        run_id=run.id,
        thread_id=run.thread_id,
        device_id=device.id,
        tool=ToolName(step.tool),
        arguments=dict(step.arguments),
        confirmed_folders=confirmed_folders(device),
        bound=Preparation.model_validate(step.preparation).bound,
        fingerprint=step.fingerprint,
        timeout_seconds=run.timeout_seconds,
        lease_seconds=lease,
    )


def deny(tx: Transaction, run: Any, step: Any, why: str) -> None:
    """End a step, and its run, that policy refuses."""
    steps.end_if_unfinished(tx, step.id, StepResult(status=StepStatus.REFUSED, text=why))
    claims.finish_if_held(tx, claims.of(run), EndReason.DENIED, answer=why)


def _end(tx: Transaction, run: Any, step: Any, result: StepResult) -> None:
    """A step that ends before its effect; the planner says how its run ends."""
    steps.end_if_unfinished(tx, step.id, result)
    claims.queue_if_held(tx, claims.of(run), CORE_DESK)


def _asked_about(tx: Transaction, device_id: str, step_id: str) -> tuple[Any, Any]:
    """The run and the step that this device was asked about, and has not answered yet."""
    step = steps.get(tx, step_id)
    run = runs.hold(tx, step.run_id)
    held = run.status is RunStatus.RUNNING and run.owner == device_id
    # Read again: the run is held only now.
    step = steps.get(tx, step_id)
    if not held or step.status is not StepStatus.PLANNED or step.preparation is not None:
        raise LostClaim(run_id=run.id)
    return run, step


def _verdict(step: Any, device: Any, preparation: Preparation) -> tuple[VerdictKind, str]:
    """Deny, ask or allow, and why, where the device does not say it.

    What nobody could see whole, nobody is asked for.
    """
    tool = ToolName(step.tool)
    core = verdict_on(tool, device, step.arguments)
    kind = stricter(core.kind, preparation.verdict)
    if core.kind is VerdictKind.DENY:
        return kind, core.reason
    if kind is VerdictKind.DENY:
        return kind, unlinked(" ".join(preparation.reasons))
    if kind is VerdictKind.ASK and hides_what_acts(captions.asked_for(tool, step.arguments)):
        return VerdictKind.DENY, HIDDEN
    return kind, core.reason if preparation.verdict is VerdictKind.ALLOW else ""


def _with_reason(preparation: Preparation, why: str) -> Preparation:
    """The device's word, with the core's reason where the core alone asks."""
    reasons = (why, *preparation.reasons) if why else preparation.reasons
    return preparation.model_copy(update={"reasons": reasons})


def _granted(tx: Transaction, run: Any, step: Any, preparation: Preparation) -> bool:
    """Whether the owner let steps like this one be done unasked, here or in every thread."""
    if preparation.grant is None:
        return False
    key = preparation.grant.key
    granted = grants.covering(tx, run.device_id, run.thread_id, key, step_id=step.id)
    return granted is not None


def _question(
    tx: Transaction, run: Any, device: Any, step: Any, preparation: Preparation
) -> approvals.NewApproval:
    tool = ToolName(step.tool)
    again = steps.last_drift(tx, run.id)
    why_again = f"It is asked again: the {again} changed after the approval." if again else ""
    return approvals.NewApproval(
        run_id=run.id,
        step_id=step.id,
        title=captions.title(tool, device.name),
        description=why_again,
        payload=show_payload(captions.asked_for(tool, step.arguments)),
        desk=device.id,
        device_id=device.id,
        device_owner=device.owner,
        requester=run.requester,
        reasons=preparation.reasons,
        programs=tuple(map(_in_words, preparation.programs)),
        preview=preparation.preview,
        grant_key=preparation.grant.key if preparation.grant else None,
        grant_words=preparation.grant.words if preparation.grant else None,
        editable=is_editable(tool, step.arguments),
    )


def _in_words(program: Program) -> str:
    return f"{program.name} ({program.path})" if program.path else program.name
