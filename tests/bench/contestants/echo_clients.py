"""The clients of the bare WebSocket server: each echoes what it gets."""

import asyncio
import time
from pathlib import Path

import aiohttp

from tests.bench import relay
from tests.bench.contestants.many_sockets import SECONDS_BETWEEN, open_more_files


async def main() -> None:
    facts = relay.told()
    open_more_files()
    await asyncio.to_thread(relay.ready)
    folder, count = Path(facts["folder"]), facts["companions"]
    url, got, there = (folder / "echo-url").read_text(), {}, asyncio.Semaphore(0)

    async def client(web: aiohttp.ClientSession, comes_after: float) -> None:
        await asyncio.sleep(comes_after)
        async with web.ws_connect(url) as socket:
            there.release()
            async for message in socket:
                got[str(message.data)] = time.perf_counter()
                await socket.send_str(str(message.data))

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as web:
        tasks = [
            asyncio.create_task(client(web, SECONDS_BETWEEN * number)) for number in range(count)
        ]
        for _ in range(count):
            await there.acquire()
        (folder / "all-there").touch()
        await asyncio.to_thread(relay.until_dismissed)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    relay.tell(started=got)


if __name__ == "__main__":
    asyncio.run(main())
