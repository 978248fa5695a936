"""What people do with runs: look at them, stop them, repeat them."""

from datetime import datetime
from functools import partial
from typing import Any

from dispatch_core.dispatcher.room import Room, device_owner, home_of, run_or_refuse
from dispatch_core.errors import AlreadyEnded, NotYours, StillActive
from dispatch_core.lifecycle import ACTIVE, EndReason, Route, RunStatus, StepStatus
from dispatch_core.policy.deciders import may_stop
from dispatch_core.protocol import StepResult
from dispatch_core.records import approvals, outbox, runs, steps, threads
from dispatch_core.records.transaction import Transaction
from dispatch_core.views import (
    Decider,
    HomeView,
    Receipt,
    RunView,
    ThreadEntry,
)


class Runs(Room):
    """The verbs that show, stop and repeat runs."""

    async def run(self, run_id: str) -> RunView:
        """One run; raises NotFound."""
        return await self.store.read(lambda tx: run_or_refuse(tx, run_id))

    async def thread(self, thread_key: str) -> tuple[ThreadEntry, ...]:
        """All that a thread shows, in order; empty for one that is not known."""
        entries = await self.store.read(lambda tx: outbox.of_thread(tx, thread_key))
        return tuple(self.dressed_entry(entry) for entry in entries)

    async def home(self, person: str) -> HomeView:
        """What concerns one person now."""
        return await self.store.read(lambda tx: home_of(tx, person, self.dressed_approval))

    async def stop(
        self, thread_key: str, decider: Decider, before: datetime
    ) -> tuple[RunView, ...]:
        """Stop the thread's unfinished runs asked for at `before` or earlier, never a newer one.

        Returns those that were stopped or asked to stop; raises NotYours where all are others'.
        """
        return await self.store.write(partial(self._stop_thread, thread_key, decider, before))

    async def cancel(self, run_id: str, decider: Decider) -> RunView:
        """Stop one run; raises NotFound, NotYours, AlreadyEnded."""
        return await self.store.write(partial(self._cancel, run_id, decider))

    async def retry(
        self, run_id: str, decider: Decider, request_key: str, route: Route | None = None
    ) -> Receipt:
        """Queue an ended run's request anew, here or on another route.

        request_key makes a double click one run. Raises NotFound, StillActive, NotYours.
        """
        return await self.store.write(partial(self._retry, run_id, decider, request_key, route))

    def _stop_thread(
        self, thread_key: str, decider: Decider, before: datetime, tx: Transaction
    ) -> tuple[RunView, ...]:
        thread_id = threads.find(tx, thread_key)
        active = runs.active_in_thread(tx, thread_id, before) if thread_id else []
        mine = [row for row in active if self._may_stop(tx, row, decider)]
        if active and not mine:
            raise NotYours(who="the person who asked, or an approver,", action="stop this run")
        for row in mine:
            stop_run(tx, row, decider.person)
        return tuple(run_or_refuse(tx, row.id) for row in mine)

    def _cancel(self, run_id: str, decider: Decider, tx: Transaction) -> RunView:
        row = runs.hold(tx, run_id)
        if not self._may_stop(tx, row, decider):
            raise NotYours(who="the person who asked, or an approver,", action="stop this run")
        if row.status not in ACTIVE:
            raise AlreadyEnded(status=row.status)
        stop_run(tx, row, decider.person)
        return run_or_refuse(tx, run_id)

    def _may_stop(self, tx: Transaction, row: Any, decider: Decider) -> bool:
        owner = device_owner(tx, row.device_id)
        return may_stop(self.parts.rules, decider, owner, row.requester)

    def _retry(
        self, run_id: str, decider: Decider, request_key: str, route: Route | None, tx: Transaction
    ) -> Receipt:
        old = run_or_refuse(tx, run_id)
        again = runs.by_request_key(tx, request_key)
        if again is not None:
            return Receipt(again.id, old.thread_key, again.route, created=False)
        row = runs.hold(tx, run_id)
        if decider.person != row.requester:
            raise NotYours(who="the person who asked", action="repeat this run")
        if row.status in ACTIVE:
            raise StillActive(status=row.status)
        new_id = runs.add(tx, self._repeated(tx, row, request_key, route or row.route))
        return Receipt(new_id, old.thread_key, route or row.route, created=True)

    def _repeated(self, tx: Transaction, row: Any, request_key: str, route: Route) -> runs.NewRun:
        elsewhere = route is not row.route
        unsaid = row.timeout_seconds == self.time_limit(row.route)
        return runs.NewRun(
            thread_id=row.thread_id,
            requester=row.requester,
            title=row.title,
            request=row.request,
            route=route,
            route_reason="you chose it" if elsewhere else row.route_reason,
            device_wish=row.device_wish,
            timeout_seconds=self.time_limit(route) if unsaid else row.timeout_seconds,
            time_zone=row.time_zone,
            asked_at=tx.now,
            retry_of=row.id,
            request_key=request_key,
        )


def stop_run(tx: Transaction, row: Any, person: str) -> None:
    """Stop an unfinished run: at once where nobody works on it, else by asking its worker."""
    if runs.request_stop(tx, row.id, person):
        return
    before = (RunStatus.QUEUED, RunStatus.WAITING_APPROVAL)
    if runs.end_if(tx, row.id, before, EndReason.STOPPED, stopped_by=person):
        approvals.withdraw_of_run(tx, row.id, by=person)
        steps.end_unfinished(tx, row.id, StepResult(status=StepStatus.STOPPED))
