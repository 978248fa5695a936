"""procrastinate: deferred in batches, one worker with as many jobs at once as it is told, LISTEN
on. It keeps the job's row with its end, and no result.
"""

import asyncio
import random
import time
from typing import Any

import procrastinate
import psycopg

from tests.bench import relay

DEFERRED_AT_ONCE = 1_000
LOOK_SECONDS = 0.03


async def main() -> None:
    facts = relay.told()
    pool = {"min_size": 4, "max_size": facts["workers"] + 4}
    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(conninfo=facts["conninfo"], **pool)
    )
    started: dict[str, float] = {}

    @app.task(name="hello", pass_context=False)
    async def hello(number: int) -> str:
        started[str(number)] = time.perf_counter()
        return f"hello {number}"

    async with (
        app.open_async(),
        await psycopg.AsyncConnection.connect(facts["conninfo"], autocommit=True) as looker,
    ):
        await app.schema_manager.apply_schema_async()
        setting = await (await looker.execute("SHOW synchronous_commit")).fetchone()
        assert setting == ("on",)
        worker = asyncio.create_task(_work(app, facts))
        await asyncio.sleep(0.5)
        await asyncio.to_thread(relay.ready)
        if facts["samples"]:
            await _idle(hello, started, facts)
        else:
            await _burst(hello, looker, facts)
        worker.cancel()
        await asyncio.wait([worker], timeout=3)


async def _work(app: procrastinate.App, facts: dict[str, Any]) -> None:
    await app.run_worker_async(
        concurrency=facts["workers"],
        install_signal_handlers=False,
        listen_notify=True,
        shutdown_graceful_timeout=0.5,
    )


async def _burst(hello: Any, looker: psycopg.AsyncConnection[Any], facts: dict[str, Any]) -> None:
    count = facts["runs"]
    begun = time.perf_counter()
    for first in range(0, count, DEFERRED_AT_ONCE):
        last = min(first + DEFERRED_AT_ONCE, count)
        await hello.batch_defer_async(*({"number": n} for n in range(first, last)))
    unfinished = "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE status IN ('todo', 'doing'))"
    while (await (await looker.execute(unfinished)).fetchone()) == (True,):  # noqa: ASYNC110
        await asyncio.sleep(LOOK_SECONDS)
    relay.tell(begun=begun, ended=time.perf_counter())


async def _idle(hello: Any, started: dict[str, float], facts: dict[str, Any]) -> None:
    asked = {}
    for number in range(facts["samples"]):
        asked[str(number)] = time.perf_counter()
        await hello.defer_async(number=number)
        await asyncio.sleep(random.uniform(*facts["pause"]))  # noqa: S311 (no secret)
    await asyncio.sleep(1)
    relay.tell(asked=asked, started=started)


if __name__ == "__main__":
    asyncio.run(main())
