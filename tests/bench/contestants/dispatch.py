"""Dispatch: the real Service without its HTTP door, and either its own routes or a trivial tool."""

import asyncio
import logging
import random
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dispatch_core.interpreter import settle
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.routes.catalogue import cache_of
from dispatch_core.sandbox.fonts import font_list
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings
from dispatch_core.views import Submission
from tests.bench import relay
from tests.bench.contestants import trivial
from tests.bench.contestants.rows import Rows


async def main() -> None:
    facts = relay.told()
    started: dict[str, float] = {}
    if facts["engine_alone"]:
        trivial.put_in_place(lambda request: started.setdefault(request, time.perf_counter()))
    if facts.get("role") == "asker":
        trivial.claim_nothing()
    settings = CoreSettings(
        home=Path(facts["home"]), database_url=facts["url"], slots=facts["workers"]
    )
    service = Service(settings, ApprovalRules(), with_http=False)
    # What the first start of a home does beside its work; it would take one of two cores.
    await font_list(cache_of(settings))
    await service.start()
    settle()
    try:
        await _measured(service, started, facts)
    finally:
        await service.stop()


async def _measured(service: Service, started: dict[str, float], facts: dict[str, Any]) -> None:
    await asyncio.to_thread(relay.ready)
    if facts.get("role") == "worker":
        await asyncio.to_thread(relay.until_dismissed)
        relay.tell(started=started)
    elif facts["samples"]:
        relay.tell(asked=await _one_by_one(service, facts), started=started)
    else:
        await _burst(service, facts)
        await asyncio.to_thread(relay.until_dismissed)


async def _burst(service: Service, facts: dict[str, Any]) -> None:
    """All at once; the end is when the database has no unfinished run."""
    rows = Rows(Path(facts["home"]), facts.get("conninfo", ""))
    rows.check_durability()
    count, sender = facts["runs"], random.getrandbits(40)
    begun = time.perf_counter()
    await asyncio.gather(*(_submit(service, f"{sender}-{n}", "hello") for n in range(count)))
    ended = await asyncio.to_thread(rows.wait_for_the_end)
    relay.tell(begun=begun, ended=ended)
    if not facts.get("full"):
        rows.check(count * facts.get("processes", 1))


async def _one_by_one(service: Service, facts: dict[str, Any]) -> dict[str, float]:
    """Each run long after the one before it has ended; returns when each was submitted."""
    asked = {}
    sender = random.getrandbits(40)
    for number in range(facts["samples"]):
        text = f"hello {number}"
        asked[text] = time.perf_counter()
        await _submit(service, f"{sender}-{number}", text)
        await asyncio.sleep(random.uniform(*facts["pause"]))  # noqa: S311 (no secret)
    await asyncio.sleep(0.5)
    return asked


async def _submit(service: Service, key: str, text: str) -> None:
    now = datetime.now(UTC)
    place = f"T1:C1:{key}"
    await service.dispatcher.submit(Submission(place, place, "T1:U1", text, now))


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(main())
