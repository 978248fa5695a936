"""Simulated companions: each signs as the real one does, and waits in a long poll of its own."""

import asyncio
import hashlib
import json
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dispatch_core.abilities import Capabilities, Permissions, VerdictKind
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import (
    CLAIM_WAIT_SECONDS,
    ClaimReply,
    DeviceReport,
    Preparation,
    PreparedReply,
    StepOrder,
    StepQuestion,
    StepResult,
    Wire,
)
from dispatch_core.signing import (
    HEADER_DEVICE,
    HEADER_NONCE,
    HEADER_SHA256,
    HEADER_SIGNATURE,
    HEADER_TIME,
    signing_text_of,
)
from tests.bench import relay
from tests.bench.contestants.companions_core import key_of
from tests.bench.contestants.many_sockets import SECONDS_BETWEEN, open_more_files

Reply = TypeVar("Reply", bound=Wire)
ALLOWS = Preparation(verdict=VerdictKind.ALLOW, reasons=("It only says a word.",))
REPORT = DeviceReport(
    platform="Linux", capabilities=Capabilities(shell=True), permissions=Permissions(shell=True)
)


@dataclass
class Times:
    """When each command was looked at and when it came as an order."""

    asked: dict[str, float]
    started: dict[str, float]
    there: int = 0


@dataclass(frozen=True)
class Companion:
    """One device at one core."""

    url: str
    device_id: str
    key: Ed25519PrivateKey
    web: aiohttp.ClientSession
    times: Times

    async def serve(self, comes_after: float) -> None:
        """Report in, then wait for work for ever."""
        await asyncio.sleep(comes_after)
        await self._post("/device/report", REPORT)
        self.times.there += 1
        while True:
            target = f"/device/claim?wait={CLAIM_WAIT_SECONDS}"
            claimed = ClaimReply.model_validate_json(await self._post(target))
            order = claimed.order
            if claimed.question is not None:
                order = await self._prepare(claimed.question)
            if order is not None:
                await self._start(order)

    async def _prepare(self, question: StepQuestion) -> StepOrder | None:
        self.times.asked[question.arguments["command"]] = time.perf_counter()
        answer = await self._post(f"/device/steps/{question.step_id}/prepared", ALLOWS)
        return PreparedReply.model_validate_json(answer).order

    async def _start(self, order: StepOrder) -> None:
        self.times.started[order.arguments["command"]] = time.perf_counter()
        result = StepResult(status=StepStatus.DONE, text="said", exit_code=0)
        await self._post(f"/device/steps/{order.step_id}/end", result)

    async def _post(self, target: str, message: Wire | None = None) -> str:
        body = message.model_dump_json(by_alias=True).encode() if message else b""
        digest = hashlib.sha256(body).hexdigest()
        moment, nonce = str(int(time.time())), secrets.token_urlsafe(18)
        text = signing_text_of("POST", target, digest, moment, nonce)
        headers = {
            "Content-Type": "application/json",
            HEADER_SHA256: digest,
            HEADER_DEVICE: self.device_id,
            HEADER_TIME: moment,
            HEADER_NONCE: nonce,
            HEADER_SIGNATURE: urlsafe_b64encode(self.key.sign(text)).decode(),
        }
        async with self.web.post(self.url + target, data=body, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.text()


async def main() -> None:
    facts = relay.told()
    open_more_files()
    await asyncio.to_thread(relay.ready)
    folder, times = Path(facts["folder"]), Times({}, {})
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=2 * CLAIM_WAIT_SECONDS)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as web:
        working = _start_all(json.loads((folder / "devices.json").read_text()), web, times)
        await _until_there(facts["companions"], times, working)
        (folder / "all-there").touch()
        await asyncio.to_thread(relay.until_dismissed)
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
    relay.tell(asked=times.asked, started=times.started)


def _start_all(
    found: dict[str, Any], web: aiohttp.ClientSession, times: Times
) -> list["asyncio.Task[None]"]:
    return [
        asyncio.create_task(
            Companion(found["url"], device_id, key_of(number), web, times).serve(
                SECONDS_BETWEEN * number
            )
        )
        for number, device_id in enumerate(found["devices"])
    ]


async def _until_there(count: int, times: Times, working: list["asyncio.Task[None]"]) -> None:
    while times.there < count:
        failed = next((task for task in working if task.done()), None)
        if failed is not None:
            failed.result()
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(main())
