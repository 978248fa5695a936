"""One Dispatch process that does many runs: how much memory it holds after each number of them."""

import asyncio
import logging
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil

from dispatch_core.interpreter import settle
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings
from dispatch_core.views import Submission
from tests.bench import relay
from tests.bench.contestants.rows import Rows

MEGABYTE = 1024 * 1024


async def main() -> None:
    facts = relay.told()
    home = Path(facts["home"])
    settings = CoreSettings(home=home, slots=facts["workers"])
    service = Service(settings, ApprovalRules(), with_http=False)
    await service.start()
    settle()
    await asyncio.to_thread(relay.ready)
    rows, done, sender = Rows(home), 0, random.getrandbits(40)
    begun, memory = time.perf_counter(), {}
    for mark in facts["marks"]:
        waiting = iter(range(done, mark))
        askers = (_ask(service, sender, waiting) for _ in range(facts["workers"]))
        await asyncio.gather(*askers)
        await asyncio.to_thread(rows.wait_for_the_end)
        done = mark
        memory[mark] = psutil.Process().memory_info().rss / MEGABYTE
    seconds = time.perf_counter() - begun
    relay.tell(memory=memory, rate=done / seconds)
    await service.stop()


async def _ask(service: Service, sender: int, waiting: Iterator[int]) -> None:
    """One of the people who ask one thing after the other."""
    for number in waiting:
        place, now = f"T1:C1:{sender}-{number}", datetime.now(UTC)
        await service.dispatcher.submit(Submission(place, place, "T1:U1", "hello", now))


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(main())
