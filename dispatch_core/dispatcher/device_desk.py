"""A device's desk: it claims a step, reports while it works, and tells how it ended."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from dispatch_core.abilities import ToolName, VerdictKind
from dispatch_core.dispatcher.handover import plan_at, verdict_on
from dispatch_core.dispatcher.preparing import begin, confirmed_folders, deny
from dispatch_core.dispatcher.room import Room
from dispatch_core.dispatcher.step_input import tell_of_unused
from dispatch_core.errors import BadMessage, LostClaim, NotFound
from dispatch_core.lifecycle import CORE_DESK, RunStatus, StepStatus
from dispatch_core.planning.fences import plain
from dispatch_core.protocol import (
    ArtifactReceipt,
    Progress,
    ProgressReply,
    StepOrder,
    StepQuestion,
    StepResult,
)
from dispatch_core.records import artifacts, claims, devices, runs, step_inputs, steps
from dispatch_core.records.shown_devices import live_since
from dispatch_core.records.transaction import Transaction, desk_topic

# What the card can show of live output, and some to spare; the whole comes with the step's end.
OUTPUT_TAIL_CHARS = 8_000
# What changes again and again between its approval and its start is told, and not asked for ever.
MOST_DRIFTS = 3


class DeviceDesk(Room):
    """The verbs by which a device works."""

    async def claim_step(self, device_id: str, wait: float) -> StepOrder | StepQuestion | None:
        """The device's next step, to be done or looked at; None where none came in wait seconds."""
        with self.store.signals.listen(desk_topic(device_id)) as ear:
            claimed = await self.store.write(partial(self._claim, device_id))
            if claimed is None and await ear.wait(wait):
                claimed = await self.store.write(partial(self._claim, device_id))
        return claimed

    async def progress(self, device_id: str, step_id: str, progress: Progress) -> ProgressReply:
        """Renew the lease and take new output; the answer tells whether to stop."""
        return await self.store.write(partial(self._progress, device_id, step_id, progress))

    async def end_step(self, device_id: str, step_id: str, result: StepResult) -> None:
        """Take a step's end, once; the run goes back to the core's desk.

        Raises LostClaim, and BadMessage for an end that is none.
        """
        _check(result)
        await self.store.write(partial(_end, device_id, step_id, result))

    async def save_device_artifact(
        self, device_id: str, step_id: str, name: str, kind: str, source: Path
    ) -> ArtifactReceipt:
        """Keep a file that a step of this device made; its bytes are copied.

        Raises LostClaim, NoRoom.
        """
        run = await self.store.read(lambda tx: working_on(tx, device_id, step_id, runs.get))
        made = await self.depot.keep_artifact(run.id, step_id, name, source, kind)

        def keep(tx: Transaction) -> str:
            working_on(tx, device_id, step_id)
            return artifacts.add(tx, made)

        artifact_id = await self.store.write(keep)
        return ArtifactReceipt(
            artifact_id=artifact_id, sha256=made.sha256, size_bytes=made.size_bytes
        )

    def _claim(self, device_id: str, tx: Transaction) -> StepOrder | StepQuestion | None:
        device = devices.paired(tx, device_id)
        if device is None:
            raise NotFound(what="paired device", name=device_id)
        devices.seen(tx, device_id)
        if not device.confirmed:
            return None
        lease = self.settings.lease
        taken = claims.claim(
            tx, device_id, device_id, limit=1, lease=lease, live_since=live_since(tx)
        )
        return self._word(tx, device, taken[0]) if taken else None

    def _word(self, tx: Transaction, device: Any, due: Any) -> StepOrder | StepQuestion | None:
        run = runs.get(tx, due.id)
        step = open_step(tx, run.id)
        verdict = verdict_on(ToolName(step.tool), device, step.arguments)
        if verdict.kind is VerdictKind.DENY:
            deny(tx, run, step, verdict.reason)
            return None
        lease = self.settings.lease
        if step.preparation is not None:
            return begin(tx, run, device, step, lease)
        claims.note_if_held(tx, claims.of(run), activity=f"looking at it on {device.name}")
        return StepQuestion(
            step_id=step.id,
            run_id=run.id,
            thread_id=run.thread_id,
            tool=ToolName(step.tool),
            arguments=dict(step.arguments),
            confirmed_folders=confirmed_folders(device),
            lease_seconds=lease,
        )

    def _progress(
        self, device_id: str, step_id: str, progress: Progress, tx: Transaction
    ) -> ProgressReply:
        devices.seen(tx, device_id)
        self._take_back(tx, device_id, step_id)
        try:
            run = working_on(tx, device_id, step_id)
        except LostClaim:
            return ProgressReply(stop=True)
        claim = claims.of(run)
        claims.renew(tx, device_id, [claim], self.settings.lease)
        if progress.output and steps.progress_is_new(tx, step_id, progress.sequence):
            tail = plain(run.output + progress.output)[-OUTPUT_TAIL_CHARS:]
            claims.note_if_held(tx, claim, output=tail)
        typed = step_inputs.after(tx, step_id, progress.input_taken)
        return ProgressReply(stop=run.stop_requested_at is not None, input=typed)

    def _take_back(self, tx: Transaction, device_id: str, step_id: str) -> None:
        """A device that is still at it holds its run again, though its lease had run out."""
        step = steps.find(tx, step_id)
        if step is None or step.status is not StepStatus.STARTED:
            return
        run = runs.hold(tx, step.run_id)
        if run.status is RunStatus.QUEUED and run.desk == device_id:
            claims.take(tx, run.id, device_id, self.settings.lease)


def open_step(tx: Transaction, run_id: str) -> Any:
    """The row of a run's step that has no end yet; raises NotFound."""
    for step in steps.of_run(tx, run_id):
        if step.status in steps.UNFINISHED:
            return steps.get(tx, step.id)
    raise NotFound(what="open step of run", name=run_id)


def working_on(
    tx: Transaction,
    device_id: str,
    step_id: str,
    find: Callable[[Transaction, str], Any] = runs.hold,
) -> Any:
    """The run of a step that this device holds and has begun; raises LostClaim, NotFound."""
    step = steps.get(tx, step_id)
    run = find(tx, step.run_id)
    held = run.status is RunStatus.RUNNING and run.owner == device_id
    if not held or step.status is not StepStatus.STARTED:
        raise LostClaim(run_id=run.id)
    return run


def _check(result: StepResult) -> None:
    """Raise BadMessage for an end that no device can tell of."""
    if result.status in steps.UNFINISHED:
        raise BadMessage(problem=f"no step ends as {result.status.value}")
    if result.rejected:
        raise BadMessage(problem="only a person rejects a step")
    if result.drift is not None and result.status is not StepStatus.REFUSED:
        raise BadMessage(problem="what has changed is refused")


def _end(device_id: str, step_id: str, result: StepResult, tx: Transaction) -> None:
    step = steps.get(tx, step_id)
    run = runs.hold(tx, step.run_id)
    # A step that is only planned waits for its approval, and was never this device's to end.
    if run.device_id != device_id or step.status is StepStatus.PLANNED:
        raise LostClaim(run_id=run.id)
    devices.seen(tx, device_id)
    if steps.end_if_unfinished(tx, step_id, result):
        tell_of_unused(tx, run, step_id, result)
        _go_on(tx, run, step, result)
    step_inputs.forget(tx, step_id)


def _go_on(tx: Transaction, run: Any, step: Any, result: StepResult) -> None:
    """Ask anew for what had changed since its approval; else the planner says what is next."""
    desk = CORE_DESK
    if result.drift is not None and steps.drifts(tx, run.id) <= MOST_DRIFTS:
        plan_at(tx, run.id, run.device_id, step.tool, dict(step.arguments))
        desk = run.device_id
    # The device's word on what happened is the truth, even if its lease had run out meanwhile.
    if not runs.queue_if(tx, run.id, (RunStatus.RUNNING,), desk):
        runs.redirect_if_queued(tx, run.id, desk)
