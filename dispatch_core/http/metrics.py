"""GET /metrics: what Prometheus scrapes, from a registry of this door's own."""

import time

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from dispatch_core.errors import DispatchError
from dispatch_core.http.verbs import Verbs

GAUGES = {"runs": "status", "approvals": "status", "devices": "presence"}
# A claim is held up to 25 s, hence the last buckets.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counts this door's requests, and asks the dispatcher how many of each there are."""

    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs
        self._registry = CollectorRegistry()
        self._gauges = {
            name: Gauge(
                f"dispatch_{name}", f"How many {name} there are.", [label], registry=self._registry
            )
            for name, label in GAUGES.items()
        }
        self._store = Gauge(
            "dispatch_store_up", "1 while the database answers.", registry=self._registry
        )
        self._requests = Counter(
            "dispatch_http_requests",
            "Answered HTTP requests.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "dispatch_http_request_seconds",
            "How long an HTTP request took.",
            ["route"],
            buckets=BUCKETS,
            registry=self._registry,
        )

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
        self._requests.labels(request.method, route, answer.status).inc()
        self._seconds.labels(route).observe(time.perf_counter() - started)
        return answer

    async def scrape(self, _request: web.Request) -> web.Response:
        """The gauges as they are now; without the database, the rest of them still."""
        try:
            counts = await self._verbs.counts()
        except DispatchError:
            counts = {}
        self._store.set(1 if counts else 0)
        for name, gauge in self._gauges.items():
            gauge.clear()
            for state, number in counts.get(name, {}).items():
                gauge.labels(state).set(number)
        headers = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        return web.Response(body=generate_latest(self._registry), headers=headers)
