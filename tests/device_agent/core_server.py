"""A core for the companion's tests: the real HTTP door over a stand-in."""

import asyncio
import socket
import threading
from pathlib import Path

from aiohttp import web

from dispatch_core.http.door import make_app
from dispatch_core.settings import CoreSettings
from tests.device_agent.standin import StandIn
from tests.device_agent.waiting import PATIENCE


class CoreServer:
    """Serves a stand-in on 127.0.0.1 from a thread of its own; may be stopped and started again.

    Its port is bound all the time by a socket that never listens. Else another test could get the
    port meanwhile, or a companion that tries again and again could be connected to itself.
    """

    def __init__(self, dispatcher: StandIn, home: Path) -> None:
        self.dispatcher = dispatcher
        self.home = home
        self._held = socket.socket()
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held.bind(("127.0.0.1", 0))
        self.port = self._held.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(PATIENCE)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(PATIENCE)

    def close(self) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()
        self._held.close()

    async def _start(self) -> None:
        app = make_app(self.dispatcher, CoreSettings(home=self.home))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()

    async def _stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()
            self._runner = None
