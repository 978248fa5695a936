"""Keeps other people's web pages away: only this machine's own names are answered."""

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def loopback_only(host: str) -> Middleware:
    """A middleware that refuses a foreign Host (DNS rebinding) and a foreign Origin."""
    known = LOOPBACK | {host}

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if _name(f"//{request.host}") not in known:
            raise web.HTTPForbidden(text="This Host is not served here.")
        origin = request.headers.get("origin")
        if origin is not None and (
            _name(origin) not in known or _port(origin) != _port_of(request)
        ):
            raise web.HTTPForbidden(text="Requests from other sites are refused.")
        return await handler(request)

    return guard


def _name(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _port(origin: str) -> int | None:
    try:
        return urlsplit(origin).port
    except ValueError:
        return None


def _port_of(request: web.Request) -> int | None:
    return _port(f"//{request.host}")
