"""A bare WebSocket server with as many clients: no key, no row, no policy. It is the floor."""

import asyncio
import random
import time
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.bench import relay
from tests.bench.contestants.many_sockets import idle_cost, open_more_files, resident, wait_for

# As often as a companion's long poll comes back.
HEARTBEAT_SECONDS = 25.0


class Echo:
    """Its clients, and when each message was sent and came back."""

    def __init__(self) -> None:
        self.clients: list[web.WebSocketResponse] = []
        self.back: dict[str, float] = {}

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Keep a client, and note what it echoes."""
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS)
        await socket.prepare(request)
        self.clients.append(socket)
        async for message in socket:
            self.back[str(message.data)] = time.perf_counter()
        return socket


async def main() -> None:
    facts = relay.told()
    open_more_files()
    echo, app = Echo(), web.Application()
    app.router.add_get("/", echo.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    (Path(facts["folder"]) / "echo-url").write_text(f"http://{host}:{port}/")
    try:
        await _measured(echo, facts)
    finally:
        await runner.cleanup()


async def _measured(echo: Echo, facts: dict[str, Any]) -> None:
    before = resident()
    await asyncio.to_thread(relay.ready)
    await wait_for(Path(facts["folder"]) / "all-there", facts["settle_seconds"])
    cpu = await idle_cost(facts["idle_seconds"])
    memory, sent = resident() - before, {}
    for sample in range(facts["samples"]):
        client = random.choice(echo.clients)  # noqa: S311 (no secret)
        sent[str(sample)] = time.perf_counter()
        await client.send_str(str(sample))
        await asyncio.sleep(random.uniform(*facts["pause"]))  # noqa: S311 (no secret)
    await asyncio.sleep(1.0)
    relay.tell(memory=memory, cpu=cpu, queued=sent, back=echo.back)


if __name__ == "__main__":
    asyncio.run(main())
