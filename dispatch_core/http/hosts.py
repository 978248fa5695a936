"""Refuses requests that a foreign web page or a rebound name sends here."""

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from dispatch_core.errors import ForeignRequest
from dispatch_core.settings import CoreSettings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
DEFAULT_PORTS = {"http": 80, "https": 443}


def guard_hosts(settings: CoreSettings) -> Middleware:
    """A middleware that lets through only this server's own Host and Origin."""
    public = _address(settings.public_url) if settings.public_url else None

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        ours = _own_addresses(request, settings.http_host)
        if public:
            ours.add(public)
        scheme = urlsplit(settings.public_url).scheme or "http"
        # A proxy may take https off, so a Host without a port can mean either default.
        if not {_address(f"{kind}://{request.host}") for kind in ("http", scheme)} & ours:
            raise ForeignRequest(what="host", name=request.host)
        origin = request.headers.get("Origin")
        if origin is not None and _address(origin) not in ours:
            raise ForeignRequest(what="origin", name=origin)
        return await handler(request)

    return guard


def _own_addresses(request: web.Request, http_host: str) -> set[tuple[str, int]]:
    """The names and ports that stand for the socket that this request came in at.

    The address itself is among them: a name can be rebound to it, a literal address can't.
    """
    transport = request.transport
    address, port = (transport.get_extra_info("sockname") if transport else ("", 0))[:2]
    names = LOOPBACK | {http_host.lower(), str(address).removeprefix("::ffff:")}
    return {(name, port) for name in names}


def _address(url: str) -> tuple[str, int] | None:
    """A URL's host and port; None where it has none (such as the origin `null`)."""
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    if not parts.hostname or port is None:
        return None
    return parts.hostname.rstrip("."), port
