"""The loop of the core's desk: claim, do, report. It speaks no SQL and knows no route."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress

from dispatch_core.abilities import CAPABILITY_FOR, ToolName
from dispatch_core.desk import Desk, Ear
from dispatch_core.errors import DispatchError, LostClaim, StoreUnavailable
from dispatch_core.lifecycle import EndReason, StepStatus
from dispatch_core.log_context import about
from dispatch_core.planning.planner import Finish, Planner
from dispatch_core.protocol import StepResult
from dispatch_core.routes.tool import Offer
from dispatch_core.step_bench import Bench, Files
from dispatch_core.work import Claim, Ended, RunWork, StepView

log = logging.getLogger(__name__)

# Beyond its time limit a tool has this long to end by itself, in seconds.
OVERTIME = 15.0
# A worker without a word of new work looks again after this long, in seconds.
LOOK_AGAIN = 1.0
# A database that answers takes a run back at once; of one that does not, the lease runs out.
GIVE_BACK_SECONDS = 3.0


class Worker:
    """Works on up to `slots` runs at once; lease is in seconds; lost is told of leases lost."""

    def __init__(
        self,
        desk: Desk,
        files: Files,
        planner: Planner,
        tools: Mapping[ToolName, Offer],
        *,
        name: str,
        slots: int,
        lease: float,
        lost: Callable[[int], None] = lambda _leases: None,
    ) -> None:
        self._desk = desk
        self._files = files
        self._planner = planner
        self._tools = tools
        self._name = name
        self._slots = slots
        self._lease = lease
        self._lost = lost
        self._tasks: dict[Claim, asyncio.Task[None]] = {}
        self._stopped: set[Claim] = set()
        # Their last word is on its way to the database, so their slots are as good as free.
        self._ending: set[Claim] = set()
        self._ear: Ear | None = None
        self._full = False
        self._closing = False

    async def run(self) -> None:
        """Claim and do until cancelled; a database that is away for a while ends nothing."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._claim_for_ever(group))
            group.create_task(self._obey_for_ever())
            group.create_task(self._renew_for_ever())

    async def close(self, grace: float) -> None:
        """Claim no more; give what is active grace seconds, then queue it again if that goes."""
        self._closing = True
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=grace)
        for claim in list(self._tasks):
            self._cancel(claim)
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=GIVE_BACK_SECONDS)

    async def _claim_for_ever(self, group: asyncio.TaskGroup) -> None:
        with self._desk.listen() as ear:
            self._ear = ear
            while not self._closing:
                try:
                    await self._look(group)
                except StoreUnavailable as error:
                    log.warning("no runs can be claimed: %s", error)
                await ear.wait(LOOK_AGAIN)

    async def _look(self, group: asyncio.TaskGroup) -> None:
        free = self._slots - len(self._tasks) + len(self._ending)
        claimed = []
        if free > 0:
            claimed = await self._desk.claim(self._name, free, self._planner.at_once)
        for work in claimed:
            task = group.create_task(self._work(work), name=f"run {work.claim.run_id}")
            self._tasks[work.claim] = task
        # Where there may be more than there was room for, a slot that gets free is news.
        self._full = len(claimed) >= free

    def _free_a_slot(self, claim: Claim) -> None:
        self._ending.add(claim)
        if self._full and self._ear is not None:
            self._ear.wake()

    async def _obey_for_ever(self) -> None:
        with self._desk.listen_for_stops() as ear:
            while True:
                await ear.wait(LOOK_AGAIN)
                try:
                    await self._obey_stops()
                except StoreUnavailable as error:
                    log.warning("stops can't be read: %s", error)

    async def _obey_stops(self) -> None:
        held = list(self._tasks)
        asked = await self._desk.stops_asked(held) if held else set()
        for claim in held:
            if claim.run_id in asked:
                self._stopped.add(claim)
                self._cancel(claim)

    async def _renew_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._lease / 3)
            held = list(self._tasks)
            if not held:
                continue
            try:
                still = await self._desk.renew(self._name, held)
            except StoreUnavailable as error:
                log.warning("leases can't be renewed: %s", error)
                continue
            # One that ends just now is not lost.
            gone = (set(held) - still) & self._tasks.keys() - self._ending
            self._lost(len(gone))
            for claim in gone:
                self._cancel(claim)

    def _cancel(self, claim: Claim) -> None:
        # Once: a second cancel would cut off how the first one is told.
        task = self._tasks.get(claim)
        if task is not None and not task.cancelling():
            task.cancel()

    async def _work(self, work: RunWork) -> None:
        with about(run_id=work.claim.run_id, thread_id=work.thread_id):
            await self._work_on(work)

    async def _work_on(self, work: RunWork) -> None:
        claim = work.claim
        try:
            await self._perform(work)
        except LostClaim:
            self._lost(1)
            log.info("run %s was taken from here", claim.run_id)
        except asyncio.CancelledError:
            await self._cut_short(claim)
        except StoreUnavailable as error:
            log.warning("run %s waits for its lease to end: %s", claim.run_id, error)
        except Exception:  # one broken run must not end the others
            log.exception("run %s broke", claim.run_id)
            await self._broke(claim)
        finally:
            self._free_a_slot(claim)
            self._ending.discard(claim)
            self._stopped.discard(claim)
            del self._tasks[claim]

    async def _cut_short(self, claim: Claim) -> None:
        with suppress(LostClaim, StoreUnavailable):
            if claim in self._stopped:
                await self._desk.finish(claim, Finish(EndReason.STOPPED, ""))
            else:
                await self._desk.give_back(claim)

    async def _broke(self, claim: Claim) -> None:
        answer = "Something broke inside Dispatch; the log of its server says what. Retry is safe."
        with suppress(LostClaim, StoreUnavailable):
            await self._desk.finish(claim, Finish(EndReason.ERROR, answer))

    async def _perform(self, work: RunWork) -> None:
        while True:
            step = _open_step(work)
            if step is None:
                taken = await self._go_on(work)
            else:
                result = await self._do(work, step)
                work = work.with_end(step, result)
                planned = self._planner.at_once(work)
                if isinstance(planned, Finish):
                    await self._finish(work.claim, planned, Ended(step.id, result))
                    return
                # The planner thinks while the step's end is written.
                ended = self._desk.end_step(work.claim, step.id, result)
                try:
                    taken = await self._go_on(work)
                finally:
                    await ended
            if taken is None:
                return
            work = work.with_step(taken)

    async def _go_on(self, work: RunWork) -> StepView | None:
        """Take the next step, if it is one to be done here; None where this worker is done."""
        planned = await self._planner.next(work)
        if isinstance(planned, Finish):
            await self._finish(work.claim, planned, None)
            return None
        return await self._desk.take_step(work.claim, planned)

    async def _finish(self, claim: Claim, finish: Finish, ended: Ended | None) -> None:
        self._free_a_slot(claim)
        await self._desk.finish(claim, finish, ended)

    async def _do(self, work: RunWork, step: StepView) -> StepResult:
        """Do a step that is safe to do again: the core's tools have no effect outside Dispatch."""
        if step.status is StepStatus.PLANNED:
            await self._desk.start_step(work.claim, step.id)
        bench = Bench(work, step, self._desk, self._files)
        try:
            return await self._call(bench, step, work.timeout_seconds)
        finally:
            await bench.clear()

    async def _call(self, bench: Bench, step: StepView, limit: float) -> StepResult:
        offer = self._tools.get(ToolName(step.tool))
        if offer is None or offer.unavailable:
            why = offer.unavailable if offer else f"There is no tool {step.tool} here."
            return StepResult(status=StepStatus.REFUSED, text=why)
        try:
            async with asyncio.timeout(limit + OVERTIME):
                return await offer.run(bench, step.arguments)
        except TimeoutError:
            return StepResult(status=StepStatus.TIMED_OUT, text=f"It took over {limit:.0f} s.")
        except (LostClaim, StoreUnavailable):
            raise
        except DispatchError as error:
            return StepResult(status=StepStatus.FAILED, text=str(error))
        except OSError as error:
            # A full disk, say: whoever runs this machine can mend it, so it is told as it is.
            log.warning("a step of run %s met %s", bench.work.claim.run_id, error)
            why = error.strerror or type(error).__name__
            text = f"This machine could not keep or read a file ({why}); mend that, then retry."
            return StepResult(status=StepStatus.FAILED, text=text)


def _open_step(work: RunWork) -> StepView | None:
    for step in work.steps:
        unfinished = step.status in (StepStatus.PLANNED, StepStatus.STARTED)
        if unfinished and step.tool not in CAPABILITY_FOR:
            return step
    return None
