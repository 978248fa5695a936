"""The HTTP door: devices, artifacts, the thread view, health and metrics on one port."""

from collections.abc import Callable, Sequence

from aiohttp import web
from aiohttp.typedefs import Handler

from dispatch_core.http.artifacts import ArtifactDoor
from dispatch_core.http.devices import DeviceDoor
from dispatch_core.http.hangups import mind_hangups
from dispatch_core.http.health import HealthDoor
from dispatch_core.http.hosts import guard_hosts
from dispatch_core.http.metrics import Metrics
from dispatch_core.http.refusals import explain_errors
from dispatch_core.http.server_log import tell_shortly
from dispatch_core.http.signatures import Authenticator
from dispatch_core.http.threads import ThreadDoor
from dispatch_core.http.uploads import Uploads
from dispatch_core.http.verbs import Verbs
from dispatch_core.log_context import about
from dispatch_core.meters import Meters
from dispatch_core.protocol import MAX_OUTPUT_CHARS
from dispatch_core.settings import CoreSettings

# A mebibyte, and a step's whole output with each character escaped (\uXXXX) or four bytes long.
MAX_BODY_BYTES = 1024 * 1024 + 2 * MAX_OUTPUT_CHARS * 6


def make_app(
    dispatcher: Verbs,
    settings: CoreSettings,
    web_routes: Sequence[web.RouteDef] = (),
    readiness: Callable[[], str] = lambda: "",
    meters: Meters | None = None,
) -> web.Application:
    """The application; web_routes are the front end's own (such as POST /slack/events).

    readiness says in a sentence why the front end is not ready, and nothing where it is; without
    meters, the door counts its requests for itself.
    """
    tell_shortly()
    authenticator = Authenticator(dispatcher)
    devices = DeviceDoor(
        dispatcher, authenticator, Uploads(authenticator, settings.home / "uploads")
    )
    metrics = Metrics(dispatcher, meters or Meters())
    inner = (metrics.count, explain_errors, guard_hosts(settings))
    app = web.Application(
        middlewares=(mind_hangups(), say_whom, *inner), client_max_size=MAX_BODY_BYTES
    )
    rooms = (devices, ArtifactDoor(dispatcher), ThreadDoor(dispatcher), metrics)
    for room in (*rooms, HealthDoor(dispatcher, readiness)):
        app.add_routes(room.routes())
    app.add_routes(web_routes)
    app.on_shutdown.append(devices.close)
    return app


@web.middleware
async def say_whom(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A middleware in which a handler can note what its log lines are about, and no later one's."""
    with about():
        return await handler(request)
