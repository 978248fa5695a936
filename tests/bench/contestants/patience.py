"""A Dispatch process with so many runs that wait for a person: what does it hold meanwhile?"""

import asyncio
import logging
import time
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import psycopg

from dispatch_core.abilities import Capabilities, Permissions
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.protocol import PairRequest, StepQuestion
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings
from dispatch_core.views import Submission
from tests.bench import relay
from tests.bench.contestants.rows import Rows
from tests.bench.looking import ASKS

PERSON = "T1:U1"
WAITING = "SELECT count(*) FROM run WHERE status = 'waiting_approval'"
SETTLE_SECONDS = 2.0


async def main() -> None:
    facts = relay.told()
    settings = CoreSettings(home=Path(facts["home"]), database_url=facts["url"])
    service = Service(settings, ApprovalRules(), with_http=False)
    await service.start()
    try:
        device = await _pair(service)
        await asyncio.to_thread(relay.ready)
        # Readers are opened when they are first needed, which is no cost of waiting.
        await asyncio.gather(*(service.dispatcher.home(PERSON) for _ in range(32)))
        before = await _held(facts)
        await _bring_up(service, device, facts)
        after = await _held(facts)
        relay.tell(before=before, after=after)
    finally:
        await service.stop()


async def _pair(service: Service) -> str:
    offer = await service.dispatcher.offer_pairing(PERSON, "T1:C1:")
    reply = await service.dispatcher.redeem(
        PairRequest(
            code=offer.code,
            public_key=urlsafe_b64encode(b"a laptop".ljust(32, b"\0")).decode(),
            name="laptop",
            platform="Linux",
            capabilities=Capabilities(shell=True),
            permissions=Permissions(shell=True),
        )
    )
    return reply.device_id


async def _bring_up(service: Service, device: str, facts: dict[str, Any]) -> None:
    rows = Rows(Path(facts["home"]), facts.get("conninfo", ""))
    now = datetime.now(UTC)
    for number in range(facts["waiting"]):
        place = f"T1:C1:{number}"
        submission = Submission(place, place, PERSON, "$ true", now)
        await service.dispatcher.submit(submission)
        question = await service.dispatcher.claim_step(device, 5.0)
        assert isinstance(question, StepQuestion)
        await service.dispatcher.prepared(device, question.step_id, ASKS)
    await asyncio.to_thread(rows.wait_for, WAITING, facts["waiting"])
    rows.close()


async def _held(facts: dict[str, Any]) -> dict[str, float]:
    """Threads and connections, and the processor seconds of a while in which nothing comes."""
    await asyncio.sleep(SETTLE_SECONDS)
    process = psutil.Process()
    begun, spent = time.perf_counter(), sum(process.cpu_times()[:2])
    await asyncio.sleep(facts["idle_seconds"])
    cpu = (sum(process.cpu_times()[:2]) - spent) / (time.perf_counter() - begun)
    held = {"threads": process.num_threads(), "open files": process.num_fds(), "cpu": cpu}
    if facts["url"]:
        held["connections"] = _connections(facts["conninfo"])
    return held


def _connections(conninfo: str) -> int:
    """Sessions of this database, without the one that looks."""
    query = (
        "SELECT count(*) - 1 FROM pg_stat_activity WHERE datname = current_database() "
        "AND backend_type = 'client backend' AND application_name <> 'bench'"
    )
    with psycopg.connect(conninfo, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(main())
