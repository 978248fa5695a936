"""Whether the service is alive, and whether it is ready."""

from collections.abc import Callable
from http import HTTPStatus

from aiohttp import web

from dispatch_core.errors import DispatchError
from dispatch_core.http.verbs import Verbs

NO_STORE = {"Cache-Control": "no-store"}


class HealthDoor:
    """GET /healthz and GET /readyz, for supervisors and load balancers."""

    def __init__(self, verbs: Verbs, readiness: Callable[[], str]) -> None:
        self._verbs = verbs
        self._readiness = readiness

    def routes(self) -> list[web.RouteDef]:
        """The two endpoints."""
        return [web.get("/healthz", self.alive), web.get("/readyz", self.ready)]

    async def alive(self, _request: web.Request) -> web.Response:
        """200 as long as the loop turns."""
        return web.json_response({"status": "alive"}, headers=NO_STORE)

    async def ready(self, _request: web.Request) -> web.Response:
        """200 where the database answers and the front end is connected, else 503 and why."""
        if why := await self._unready():
            body = {"status": "not ready", "why": why}
            status = HTTPStatus.SERVICE_UNAVAILABLE
            return web.json_response(body, status=status, headers=NO_STORE)
        return web.json_response({"status": "ready"}, headers=NO_STORE)

    async def _unready(self) -> str:
        try:
            await self._verbs.health()
        except DispatchError as error:
            return str(error)
        return self._readiness()
