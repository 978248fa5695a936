"""One core process with many paired devices: what waiting ones cost, and when work was queued."""

import asyncio
import hashlib
import json
import logging
import random
import time
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dispatch_core.abilities import Capabilities, Permissions
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.protocol import PairRequest
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings
from dispatch_core.views import Submission
from tests.bench import relay
from tests.bench.contestants.many_sockets import idle_cost, open_more_files, resident, wait_for


def key_of(number: int) -> Ed25519PrivateKey:
    """The key of a simulated companion, which both sides can make."""
    seed = hashlib.sha256(f"companion {number}".encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


async def main() -> None:
    facts = relay.told()
    open_more_files()
    service = Service(CoreSettings(home=Path(facts["home"]), http_port=0), ApprovalRules())
    await service.start()
    try:
        numbers = range(facts["companions"])
        devices = await asyncio.gather(*(_pair(service, number) for number in numbers))
        found = {"url": service.base_url, "devices": devices}
        (Path(facts["folder"]) / "devices.json").write_text(json.dumps(found))
        await _measured(service, facts)
    finally:
        await service.stop()


async def _pair(service: Service, number: int) -> str:
    """Each has an owner of its own, as in a company."""
    offer = await service.dispatcher.offer_pairing(f"T1:U{number}", f"T1:D{number}:")
    public = key_of(number).public_key().public_bytes_raw()
    reply = await service.dispatcher.redeem(
        PairRequest(
            code=offer.code,
            public_key=urlsafe_b64encode(public).decode(),
            name="laptop",
            platform="Linux",
            capabilities=Capabilities(shell=True),
            permissions=Permissions(shell=True),
        )
    )
    return reply.device_id


async def _measured(service: Service, facts: dict[str, Any]) -> None:
    before = resident()
    await asyncio.to_thread(relay.ready)
    await wait_for(Path(facts["folder"]) / "all-there", facts["settle_seconds"])
    cpu = await idle_cost(facts["idle_seconds"])
    memory = resident() - before
    relay.tell(memory=memory, cpu=cpu, queued=await _queued(service, facts))


async def _queued(service: Service, facts: dict[str, Any]) -> dict[str, float]:
    """One run after the other, each for another device; when each was queued, as it returned."""
    queued = {}
    for sample in range(facts["samples"]):
        number = random.randrange(facts["companions"])  # noqa: S311 (no secret)
        place = f"T1:D{number}:{sample}"
        submission = Submission(
            place, place, f"T1:U{number}", f"$ echo {sample}", datetime.now(UTC)
        )
        await service.dispatcher.submit(submission)
        queued[f"echo {sample}"] = time.perf_counter()
        await asyncio.sleep(random.uniform(*facts["pause"]))  # noqa: S311 (no secret)
    await asyncio.sleep(1.0)
    return queued


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(main())
