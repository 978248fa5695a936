"""Whether the service is alive, and whether it is ready."""

import asyncio
import time
from collections.abc import Callable
from http import HTTPStatus

from aiohttp import web

from dispatch_core.errors import DispatchError
from dispatch_core.http.verbs import Verbs

NO_STORE = {"Cache-Control": "no-store"}
# A look at the database writes a row: those who ask within so many seconds share one.
FRESH_SECONDS = 1.0


class HealthDoor:
    """GET /healthz and GET /readyz, for supervisors and load balancers."""

    def __init__(
        self,
        verbs: Verbs,
        readiness: Callable[[], str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._verbs = verbs
        self._readiness = readiness
        self._clock = clock
        self._looking = asyncio.Lock()
        self._looked_at = -FRESH_SECONDS
        self._trouble = ""

    def routes(self) -> list[web.RouteDef]:
        """The two endpoints."""
        return [web.get("/healthz", self.alive), web.get("/readyz", self.ready)]

    async def alive(self, _request: web.Request) -> web.Response:
        """200 as long as the loop turns; it looks at nothing else."""
        return web.json_response({"status": "alive"}, headers=NO_STORE)

    async def ready(self, _request: web.Request) -> web.Response:
        """200 where the database takes writes and the front end is connected, else 503 and why."""
        if why := await self._database() or self._readiness():
            body = {"status": "not ready", "why": why}
            status = HTTPStatus.SERVICE_UNAVAILABLE
            return web.json_response(body, status=status, headers=NO_STORE)
        return web.json_response({"status": "ready"}, headers=NO_STORE)

    async def _database(self) -> str:
        async with self._looking:
            if self._clock() - self._looked_at >= FRESH_SECONDS:
                self._trouble = await self._look()
                self._looked_at = self._clock()
            return self._trouble

    async def _look(self) -> str:
        try:
            await self._verbs.ready()
        except DispatchError as error:
            return str(error)
        return ""
