"""pgqueuer: asyncpg, uvloop, jobs taken in batches, as its own benchmark does; enqueued as told.
It keeps a line in its log that a job succeeded, and no result.
"""

import asyncio
import random
import time
from typing import Any

import asyncpg
import uvloop
from pgqueuer import AsyncpgPoolDriver, QueueManager
from pgqueuer.db import AsyncpgDriver
from pgqueuer.models import Job
from pgqueuer.queries import Queries

from tests.bench import relay

LOOK_SECONDS = 0.03


async def main() -> None:
    facts = relay.told()
    async with asyncpg.create_pool(min_size=4, max_size=8, **facts["address"]) as pool:
        await _install(pool)
        if facts["samples"]:
            await _idle(pool, facts)
        else:
            await _burst(pool, facts)


async def _install(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        assert await connection.fetchval("SHOW synchronous_commit") == "on"
        # Two workers come at once, and one of them makes the tables.
        await connection.execute("SELECT pg_advisory_lock(1)")
        queries = Queries(AsyncpgDriver(connection))
        if not await queries.schema_is_installed():
            await queries.install()
        await connection.execute("SELECT pg_advisory_unlock(1)")


async def _burst(pool: asyncpg.Pool, facts: dict[str, Any]) -> None:
    manager = QueueManager(Queries(AsyncpgPoolDriver(pool)))

    @manager.entrypoint("hello")
    async def hello(job: Job) -> None:
        """The trivial step."""

    working = asyncio.create_task(manager.run(batch_size=facts["workers"]))
    await asyncio.sleep(0.5)
    await asyncio.to_thread(relay.ready)
    begun = time.perf_counter()
    await _enqueue(Queries(AsyncpgPoolDriver(pool)), facts)
    # A job leaves the table when it is logged as done.
    while await pool.fetchval("SELECT EXISTS (SELECT FROM pgqueuer)"):
        await asyncio.sleep(LOOK_SECONDS)
        assert not working.done(), working.exception()
    relay.tell(begun=begun, ended=time.perf_counter())
    await asyncio.to_thread(relay.until_dismissed)
    manager.shutdown.set()
    await asyncio.wait([working], timeout=2)


async def _enqueue(queries: Queries, facts: dict[str, Any]) -> None:
    """By many askers, each so many jobs in a call as it is told."""
    count, together = facts["runs"], facts["together"]
    firsts = iter(range(0, count, together))

    async def asker() -> None:
        for first in firsts:
            size = min(together, count - first)
            payloads: list[bytes | None] = [str(first + n).encode() for n in range(size)]
            await queries.enqueue(["hello"] * size, payloads, [0] * size)

    await asyncio.gather(*(asker() for _ in range(facts["workers"])))


async def _idle(pool: asyncpg.Pool, facts: dict[str, Any]) -> None:
    manager = QueueManager(Queries(AsyncpgPoolDriver(pool)))
    started: dict[str, float] = {}

    @manager.entrypoint("hello")
    async def hello(job: Job) -> None:
        started[(job.payload or b"").decode()] = time.perf_counter()

    working = asyncio.create_task(manager.run(batch_size=1))
    await asyncio.sleep(0.5)
    await asyncio.to_thread(relay.ready)
    queries, asked = Queries(AsyncpgPoolDriver(pool)), {}
    for number in range(facts["samples"]):
        asked[str(number)] = time.perf_counter()
        await queries.enqueue("hello", str(number).encode())
        await asyncio.sleep(random.uniform(*facts["pause"]))  # noqa: S311 (no secret)
    await asyncio.sleep(1)
    relay.tell(asked=asked, started=started)
    manager.shutdown.set()
    await asyncio.wait([working], timeout=2)


if __name__ == "__main__":
    uvloop.run(main())
