"""The core's own desk: what its worker may do with the runs that it holds."""

from collections.abc import Awaitable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from dispatch_core.abilities import CAPABILITY_FOR, VerdictKind
from dispatch_core.desk import Plan
from dispatch_core.dispatcher.device_desk import OUTPUT_TAIL_CHARS
from dispatch_core.dispatcher.handover import hand_over
from dispatch_core.dispatcher.room import Room, home_of
from dispatch_core.lifecycle import CORE_DESK, EndReason, StepStatus
from dispatch_core.planning.fences import plain
from dispatch_core.planning.planner import Finish, NextStep
from dispatch_core.policy.fingerprint import fingerprint
from dispatch_core.policy.verdicts import judge_at_core
from dispatch_core.protocol import StepResult
from dispatch_core.records import claims, completions, moves, runs, steps, threads
from dispatch_core.records.shown_devices import live_since
from dispatch_core.records.signals import Ear
from dispatch_core.records.transaction import STOP_REQUESTED, Transaction, desk_topic
from dispatch_core.redaction import show_payload
from dispatch_core.views import HomeView
from dispatch_core.work import Claim, Ended, RunWork, StepView

# A longer answer stands as a message of its own, for a card is read at a glance.
CARD_ANSWER_CHARS = 1_500
# The version of a run that is claimed for the first time: it has no journal to be read.
FIRST_CLAIM = 1


class CoreDesk(Room):
    """The worker's side of the dispatcher; every write names the claim it is made under."""

    def listen(self) -> AbstractContextManager[Ear]:
        """A context manager: an ear for new work at this desk."""
        return self.store.signals.listen(desk_topic(CORE_DESK))

    def listen_for_stops(self) -> AbstractContextManager[Ear]:
        """A context manager: an ear for stops that people ask for."""
        return self.store.signals.listen(STOP_REQUESTED)

    async def claim(self, owner: str, limit: int, plan: Plan | None = None) -> list[RunWork]:
        """Take up to limit queued runs.

        A run that is new comes with its first step begun, where plan says at once which it is.
        """

        def take(tx: Transaction) -> list[RunWork]:
            lease = self.settings.lease
            rows = claims.claim(
                tx, CORE_DESK, owner, limit=limit, lease=lease, live_since=live_since(tx)
            )
            works = work_on(tx, rows) if rows else []
            return _begin(tx, works, plan) if plan is not None else works

        return await self.store.write_ahead(take)

    async def renew(self, owner: str, held: list[Claim]) -> set[Claim]:
        """Renew the leases of living runs; returns the claims that are still held."""
        lease = self.settings.lease
        return await self.store.write(lambda tx: claims.renew(tx, owner, held, lease))

    async def stops_asked(self, held: list[Claim]) -> set[str]:
        """Which of these runs a person wants stopped."""
        ids = [claim.run_id for claim in held]
        return await self.store.read(lambda tx: runs.stops_asked(tx, ids))

    async def take_step(self, claim: Claim, step: NextStep) -> StepView | None:
        """Journal the next step and let policy look at it.

        Returns the step where it is to be done here, now; None where the run was parked for an
        approval, handed to a device, or ended. Raises LostClaim.
        """
        if not _is_done_here(step):
            return await self.store.write(partial(self._hand_over_or_deny, claim, step))
        asked = _asked(claim, step)
        return await self.store.write_together(moves.take_steps, asked, claim.run_id)

    async def start_step(self, claim: Claim, step_id: str) -> None:
        """Note that an approved step begins now; raises LostClaim."""

        def start(tx: Transaction) -> None:
            claims.held(tx, claim)
            steps.start(tx, step_id)

        await self.store.write(start)

    def end_step(self, claim: Claim, step_id: str, result: StepResult) -> Awaitable[None]:
        """Journal a step's end, before all that is given later; await its commit or LostClaim."""
        ended = moves.StepEnd(claim, Ended(step_id, result))
        return self.store.write_together(moves.end_steps, ended, claim.run_id)

    async def finish(self, claim: Claim, finish: Finish, ended: Ended | None = None) -> None:
        """End a run with its answer, and with it the step that ended last; raises LostClaim."""
        answer = show_payload(finish.answer)
        if finish.reason is EndReason.DONE and len(answer) <= CARD_ANSWER_CHARS:
            done = completions.Completion(claim, answer, ended)
            await self.store.write_together(completions.complete, done, claim.run_id)
            return
        await self.store.write(partial(_finish, claim, finish.reason, answer, ended))

    async def show_output(self, claim: Claim, output: str) -> None:
        """Show live output: the last OUTPUT_TAIL_CHARS of it; raises LostClaim."""
        tail = plain(output)[-OUTPUT_TAIL_CHARS:]
        await self.store.write(lambda tx: claims.note_if_held(tx, claim, output=tail))

    async def asker_home(self, person: str) -> HomeView:
        """What concerns this person now."""
        return await self.store.read(lambda tx: home_of(tx, person, self.dressed_approval))

    async def give_back(self, claim: Claim) -> None:
        """Queue a run again that this worker can't go on with; raises LostClaim."""
        await self.store.write(lambda tx: claims.queue_if_held(tx, claim, CORE_DESK))

    def _hand_over_or_deny(self, claim: Claim, step: NextStep, tx: Transaction) -> None:
        row = claims.held(tx, claim)
        if step.tool in CAPABILITY_FOR:
            hand_over(tx, claim, row, step, choose_ttl=self.settings.approval_ttl)
        else:
            _finish(claim, EndReason.DENIED, judge_at_core(step.tool).reason, None, tx)


def work_on(tx: Transaction, rows: list[Any]) -> list[RunWork]:
    """Runs that have just been claimed, as their worker sees them."""
    begun = [row.id for row in rows if row.version > FIRST_CLAIM]
    journals = steps.of_runs(tx, begun) if begun else {}
    with_files = [row.thread_id for row in rows if row.has_files]
    files = threads.files_of_threads(tx, with_files) if with_files else {}
    return [
        RunWork(
            claim=claims.of(row),
            thread_id=row.thread_id,
            requester=row.requester,
            route=row.route,
            request=row.request,
            asked_at=row.asked_at,
            time_zone=row.time_zone,
            timeout_seconds=row.timeout_seconds,
            device_id=row.device_id,
            steps=journals.get(row.id, ()),
            files=files.get(row.thread_id, ()),
        )
        for row in rows
    ]


def _begin(tx: Transaction, works: list[RunWork], plan: Plan) -> list[RunWork]:
    """Begin the first steps of runs that were just taken and are new."""
    new = (work for work in works if work.claim.version == FIRST_CLAIM)
    asked = [step for work in new if (step := _first_step(work, plan)) is not None]
    begun = {one.claim: step for one, step in zip(asked, moves.begin(tx, asked), strict=True)}
    return [work.with_step(begun[work.claim]) if work.claim in begun else work for work in works]


def _first_step(work: RunWork, plan: Plan) -> moves.Step | None:
    try:
        planned = plan(work)
        if isinstance(planned, NextStep) and _is_done_here(planned):
            return _asked(work.claim, planned)
    except Exception:  # noqa: BLE001 (its worker asks again, where it hurts this run alone)
        return None
    return None


def _is_done_here(step: NextStep) -> bool:
    if step.tool in CAPABILITY_FOR:
        return False
    return judge_at_core(step.tool).kind is VerdictKind.ALLOW


def _asked(claim: Claim, step: NextStep) -> moves.Step:
    arguments = dict(step.arguments)
    mark = fingerprint(step.tool, arguments, device_id=None)
    return moves.Step(claim, steps.NewStep(claim.run_id, step.tool, arguments, mark), step.activity)


def _finish(
    claim: Claim, reason: EndReason, answer: str, ended: Ended | None, tx: Transaction
) -> None:
    apart = len(answer) > CARD_ANSWER_CHARS
    if ended is not None:
        claims.held(tx, claim)
        steps.end_if_unfinished(tx, ended.step_id, ended.result)
    if reason is not EndReason.DONE:
        open_end = StepStatus.STOPPED if reason is EndReason.STOPPED else StepStatus.INTERRUPTED
        steps.end_unfinished(tx, claim.run_id, StepResult(status=open_end))
    claims.finish_if_held(tx, claim, reason, answer=answer, answer_apart=apart)
    if apart:
        threads.say(tx, runs.get(tx, claim.run_id).thread_id, answer, run_id=claim.run_id)
