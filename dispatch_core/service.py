"""Wires the core and runs it by the clock."""

import asyncio
import errno
import logging
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from secrets import token_hex
from typing import Any

from aiohttp import web
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from dispatch_core.blobs import Blobs
from dispatch_core.dispatcher.clock_watch import ClockWatch
from dispatch_core.dispatcher.core_desk import CoreDesk
from dispatch_core.dispatcher.core_files import CoreFiles
from dispatch_core.dispatcher.door import Dispatcher
from dispatch_core.dispatcher.firing import Firing
from dispatch_core.dispatcher.links import Links
from dispatch_core.dispatcher.room import FetchFile, Parts
from dispatch_core.dispatcher.upkeep import Upkeep
from dispatch_core.errors import SettingError, StoreUnavailable
from dispatch_core.http.door import make_app
from dispatch_core.meters import Meters
from dispatch_core.planning.direct import Direct
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.records import secrets
from dispatch_core.records.database import Clock
from dispatch_core.records.opening import bring_up_to_date, close_to_others, open_store
from dispatch_core.records.ownership import Ownership
from dispatch_core.routes.catalogue import cache_of, offers
from dispatch_core.sandbox.fonts import font_list
from dispatch_core.schedules import Schedules, Welcome
from dispatch_core.settings import CoreSettings, open_home
from dispatch_core.worker import Worker

log = logging.getLogger(__name__)

WORKER = "dispatch-worker"
TICK_SECONDS = 1
FORGET_SECONDS = 3_600
# Active runs have this long to end by themselves at a stop, in seconds; then they are queued again.
STOP_GRACE = 8.0
# A tick that is under way at a stop has this long to end, in seconds.
TICK_GRACE = 2.0


class Service:
    """The core of one process: store, dispatcher, worker, clock and, unless told not, HTTP.

    readiness says in a sentence why the front end is not ready, and nothing where it is; welcome
    says whether a person may use Dispatch now, and without it this process fires no schedule.
    """

    def __init__(
        self,
        settings: CoreSettings,
        rules: ApprovalRules,
        fetch_file: FetchFile | None = None,
        web_routes: Sequence[web.RouteDef] = (),
        readiness: Callable[[], str] = lambda: "",
        *,
        clock: Clock | None = None,
        with_http: bool = True,
        welcome: Welcome | None = None,
    ) -> None:
        open_home(settings.home)
        self.settings = settings
        meters = Meters()
        self._store = open_store(settings.database, clock, meters.noted)
        self._links = Links(settings.base_url, settings.download_ttl)
        self._planner = Direct()
        self._parts = parts = self._gather(rules, fetch_file, meters)
        self.dispatcher = Dispatcher(parts)
        self._upkeep = Upkeep(parts)
        self._schedules = Schedules(Firing(parts), welcome)
        self._clock_watch = ClockWatch(parts)
        meters.watch_home(settings.home)
        if (listener := self._store.listener) is not None:
            meters.watch_listener(lambda: listener.hears)
        self._front = (tuple(web_routes), readiness)
        self._with_http = with_http
        file = self._store.sqlite_file
        self._ownership = Ownership(file) if file else None
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._ticking = asyncio.Lock()
        self._runner: web.AppRunner | None = None
        self._worker: Worker | None = None
        self._background: list[asyncio.Task[Any]] = []

    def _gather(self, rules: ApprovalRules, fetch_file: FetchFile | None, meters: Meters) -> Parts:
        """What every room of the dispatcher stands on."""
        return Parts(
            self._store,
            self.settings,
            rules,
            Blobs(self.settings.home / "artifacts"),
            self._links,
            fetch_file,
            replans=self._planner.replans,
            meters=meters,
        )

    @property
    def http_port(self) -> int:
        """The port that the HTTP door listens on; 0 before it does."""
        addresses = self._runner.addresses if self._runner else []
        return int(addresses[0][1]) if addresses else 0

    @property
    def base_url(self) -> str:
        """How devices and browsers reach the HTTP door; its port is known once it listens."""
        return self._links.base_url

    async def ended(self) -> None:
        """Return when the worker, which should run for ever, has ended; raises what ended it."""
        [worker] = [task for task in self._background if task.get_name() == WORKER]
        # Not awaited itself: who stops waiting must not cancel it, for it has a grace of its own.
        await asyncio.wait([worker])
        try:
            worker.result()
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from group

    async def start(self) -> None:
        """Bring the store up, take back what a former process held, then open for work.

        Raises StoreInUse, SchemaMismatch, StoreUnavailable, SettingError.
        """
        await asyncio.to_thread(self._open_store)
        self._store.start()
        key = await self._store.write(lambda tx: secrets.find_or_make(tx, "links"))
        self._links.use_key(key)
        if self._ownership is not None:
            recovered = await self._upkeep.recover_own()
            log.info("took %d runs of a former process back", recovered)
        await self._upkeep.spare_leases()
        if self._with_http:
            await self._open_http()
        self._start_worker()
        self._start_clock()
        # Made once for all plots; a first run that comes earlier makes it by itself.
        self._background.append(asyncio.create_task(font_list(cache_of(self.settings))))

    async def stop(self) -> None:
        """Take nothing new, let active runs end or queue them again, and close."""
        await self.finish_work()
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()
        await self._store.stop()
        if self._ownership is not None:
            self._ownership.release()

    async def finish_work(self) -> None:
        """Claim no more, let active runs end or queue them again; harmless to do twice."""
        if self._scheduler.running:
            # A tick that is cut off in the middle would be logged as an error, and is soon over,
            # unless the database is away. No tick begins after it: the lock is kept.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ticking.acquire(), TICK_GRACE)
            self._scheduler.shutdown(wait=False)
        if self._worker is not None:
            await self._worker.close(STOP_GRACE)

    def _open_store(self) -> None:
        if self._ownership is not None:
            self._ownership.take()
        close_to_others(self._store)
        bring_up_to_date(self._store)

    async def _open_http(self) -> None:
        web_routes, readiness = self._front
        meters = self._parts.meters
        app = make_app(self.dispatcher, self.settings, web_routes, readiness, meters)
        self._runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=2.0, handler_cancellation=True
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.settings.http_host, self.settings.http_port)
        try:
            await site.start()
        except OSError as error:
            raise _not_to_be_bound(error) from None
        if not self.settings.public_url:
            self._links.base_url = self.settings.local_url(self.http_port)

    def _start_worker(self) -> None:
        self._worker = Worker(
            CoreDesk(self._parts),
            CoreFiles(self._parts),
            self._planner,
            offers(self.settings),
            name=_name_of_this_start(),
            slots=self.settings.slots,
            lease=self.settings.lease,
            lost=self._parts.meters.lost,
        )
        self._background.append(asyncio.create_task(self._worker.run(), name=WORKER))

    def _start_clock(self) -> None:
        for job, seconds in ((self._tick, TICK_SECONDS), (self._forget, FORGET_SECONDS)):
            trigger = IntervalTrigger(seconds=seconds)
            self._scheduler.add_job(job, trigger, coalesce=True, max_instances=1)
        # Each tick would be two log lines a second.
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._scheduler.start()

    async def _tick(self) -> None:
        async with self._ticking:
            try:
                if await self._clock_watch.steady():
                    await self._upkeep.tick()
                    await self._schedules.tick()
            except StoreUnavailable:
                self._upkeep.refused()

    async def _forget(self) -> None:
        async with self._ticking:
            with suppress(StoreUnavailable):
                if await self._clock_watch.steady():
                    await self._upkeep.forget_old()
                    await self._schedules.forget_old()


def _name_of_this_start() -> str:
    """No two starts share one: in containers neither host nor process id tells them apart."""
    return f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"


def _not_to_be_bound(error: OSError) -> SettingError:
    """asyncio keeps only the number of what bind said; a name that is unknown has another."""
    what = "port" if error.errno in (errno.EADDRINUSE, errno.EACCES) else "host"
    problem = f"can't be used ({error.strerror or error}); set another {what}"
    return SettingError(name=f"DISPATCH_HTTP_{what.upper()}", problem=problem)
