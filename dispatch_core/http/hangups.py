"""What a client's hang-up ends: its wait for work, and nothing that was begun.

A device that hung up must not be given a step: it would lie there until its lease ran out, while
the device, connected anew and perhaps to another process, waits for work.
"""

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

# The name of a route whose handler only waits until it has something to give.
WAITS = "waits"


def mind_hangups() -> Middleware:
    """A middleware for a server that cancels the handlers of who hung up (handler_cancellation)."""
    begun: set[asyncio.Task[web.StreamResponse]] = set()

    @web.middleware
    async def mind(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.match_info.route.name == WAITS:
            return await handler(request)
        task = asyncio.ensure_future(handler(request))
        begun.add(task)
        task.add_done_callback(begun.discard)
        return await asyncio.shield(task)

    return mind
