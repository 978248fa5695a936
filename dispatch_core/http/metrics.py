"""GET /metrics: what Prometheus scrapes: this process's meters, and what the database says."""

import asyncio
import time
from datetime import UTC, datetime

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import generate_latest

from dispatch_core.errors import DispatchError
from dispatch_core.http.verbs import Verbs
from dispatch_core.lifecycle import EndReason, Route
from dispatch_core.meters import Meters, Standing

TEXT = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}


class Metrics:
    """Counts this door's requests, and asks the dispatcher how all stands at each scrape."""

    def __init__(self, verbs: Verbs, meters: Meters) -> None:
        self._verbs = verbs
        self._meters = meters
        meters.expects(Route, EndReason)
        self._counted_until = datetime.now(UTC)
        self._scraping = asyncio.Lock()

    def routes(self) -> list[web.RouteDef]:
        """The one endpoint."""
        return [web.get("/metrics", self.scrape)]

    @web.middleware
    async def count(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """A middleware that counts and times each answer by its route, never by its path."""
        started = time.perf_counter()
        answer = await handler(request)
        resource = request.match_info.route.resource
        route = resource.canonical if resource else "none"
        self._meters.requests.labels(request.method, route, answer.status).inc()
        self._meters.request_seconds.labels(route).observe(time.perf_counter() - started)
        return answer

    async def scrape(self, _request: web.Request) -> web.Response:
        """All as it is now; without the database, what this process knows by itself."""
        # One at a time: two scrapes would count the same ended runs.
        async with self._scraping:
            self._meters.show(await self._standing())
            return web.Response(body=generate_latest(self._meters.registry), headers=TEXT)

    async def _standing(self) -> Standing | None:
        try:
            standing, self._counted_until = await self._verbs.standing(self._counted_until)
        except DispatchError:
            return None
        return standing
