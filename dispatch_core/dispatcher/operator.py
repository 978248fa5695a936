"""What whoever runs Dispatch asks for: how it stands, runs in full, and to end one."""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from dispatch_core.dispatcher.room import Room, run_or_refuse
from dispatch_core.dispatcher.runs import stop_run
from dispatch_core.errors import AlreadyEnded, SchemaMismatch, StoreUnavailable
from dispatch_core.lifecycle import ACTIVE, Route, RunStatus
from dispatch_core.meters import Standing
from dispatch_core.operator_views import RunReport
from dispatch_core.records import backlog, gauges, overview, probe, runs
from dispatch_core.records.transaction import Transaction
from dispatch_core.views import OPERATOR, RunView

# A database that takes longer than this to take one row is of no use, in seconds.
PROBE_SECONDS = 5.0


class Operator(Room):
    """The verbs behind `dispatch runs`, /readyz and /metrics."""

    async def ready(self) -> None:
        """Returns where the database reads, writes and fits; else raises what is the matter.

        StoreUnavailable or SchemaMismatch. It writes a row, so ask it no more often than needed.
        """
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await self.store.ping()
                found = await self.store.write(probe.write)
        except TimeoutError:
            why = f"it did not answer in {PROBE_SECONDS:.0f} seconds"
            raise StoreUnavailable(why=why) from None
        if found != probe.needed():
            mend = "stop this process and start the version that fits"
            raise SchemaMismatch(found=found, needed=probe.needed(), mend=mend)

    async def standing(self, ended_after: datetime) -> tuple[Standing, datetime]:
        """How it stands, with the runs that ended after this; and where the next look begins."""

        def look(tx: Transaction) -> tuple[Standing, datetime]:
            until = tx.now - gauges.SETTLED
            # A clock that was set back must not keep the count from going on.
            after = min(ended_after, until)
            now = gauges.standing(tx, after, until)
            return replace(now, announcer_lag=backlog.lag(tx)), until

        return await self.store.read(look)

    async def list_runs(
        self, statuses: Collection[RunStatus] = (), routes: Collection[Route] = (), limit: int = 20
    ) -> tuple[RunView, ...]:
        """The newest runs, of these statuses and routes only where some are named."""
        return await self.store.read(lambda tx: overview.listed(tx, statuses, routes, limit))

    async def report_run(self, prefix: str) -> RunReport:
        """All of the one run whose id begins so; raises NotFound, AmbiguousRun."""
        return await self.store.read(lambda tx: overview.report(tx, overview.find(tx, prefix)))

    async def cancel_as_operator(self, prefix: str) -> RunView:
        """Stop the one run whose id begins so; raises NotFound, AmbiguousRun, AlreadyEnded.

        Where a worker holds it, whichever process that is in, it is asked to stop.
        """

        def cancel(tx: Transaction) -> RunView:
            row = runs.hold(tx, overview.find(tx, prefix))
            if row.status not in ACTIVE:
                raise AlreadyEnded(status=row.status)
            stop_run(tx, row, OPERATOR)
            return run_or_refuse(tx, row.id)

        return await self.store.write(cancel)
