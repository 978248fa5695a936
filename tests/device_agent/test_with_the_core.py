"""The companion and the whole core together: asked, approved, done, and done once."""

import asyncio
import datetime
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from dispatch_core.device_views import Presence
from dispatch_core.lifecycle import EndReason, RunStatus
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings
from dispatch_core.views import (
    ApprovalView,
    ArtifactView,
    Decider,
    Decision,
    RunView,
    Submission,
)

pytestmark = pytest.mark.processes

ADA = "T1:U1"
THREAD = "T1:C1:1.0"


@dataclass
class House:
    """A running core and the companion of one person."""

    service: Service
    shared: Path
    device_home: Path
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def device(self, *arguments: str) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "device_agent", *arguments),
            env=dict(os.environ) | {"DISPATCH_DEVICE_HOME": str(self.device_home)},
            stdout=asyncio.subprocess.DEVNULL,
        )
        self.processes.append(process)
        return process

    async def pair(self) -> None:
        offer = await self.service.dispatcher.offer_pairing(ADA, "T1:U1:")
        _, *arguments = offer.command.split()
        more = ("--name", "laptop", "--folder", str(self.shared), "--allow", "local_files,shell")
        pairing = await self.device(*arguments, *more)
        assert await pairing.wait() == 0

    async def start(self) -> asyncio.subprocess.Process:
        process = await self.device("run")

        async def online() -> bool:
            devices = await self.service.dispatcher.devices(ADA)
            return devices[0].presence is Presence.ONLINE

        await eventually(online)
        return process

    async def ask(self, text: str) -> str:
        now = datetime.datetime.now(datetime.UTC)
        key = f"T1:C1:{time.monotonic_ns()}"
        receipt = await self.service.dispatcher.submit(Submission(THREAD, key, ADA, text, now))
        return receipt.run_id

    async def entry(self, kind: type[Any]) -> Any:
        async def found() -> Any:
            entries = await self.service.dispatcher.thread(THREAD)
            return next((entry.body for entry in entries if isinstance(entry.body, kind)), None)

        return await eventually(found)

    async def approve(self) -> None:
        approval = await self.entry(ApprovalView)
        await self.service.dispatcher.decide(approval.id, Decision.APPROVE, Decider(ADA))

    async def ended(self, run_id: str) -> RunView:
        async def run() -> RunView | None:
            view = await self.service.dispatcher.run(run_id)
            return None if view.active else view

        return await eventually(run)


async def eventually(condition: Callable[[], Any], seconds: float = 30) -> Any:
    """Poll a state that another process changes."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := await condition():
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"not within {seconds} seconds")


@pytest.fixture
async def house(home: Path, tmp_path: Path) -> AsyncIterator[House]:
    shared = tmp_path / "shared"
    shared.mkdir()
    service = Service(CoreSettings(home=home, http_port=0, lease=2), ApprovalRules())
    await service.start()
    house = House(service, shared, tmp_path / "device-home")
    yield house
    for process in house.processes:
        if process.returncode is None:
            process.kill()
            await process.wait()
    await service.stop()


async def test_a_command_runs_once_it_is_approved(house: House) -> None:
    await house.pair()
    await house.start()
    run_id = await house.ask("$ echo hi; pwd")
    await house.approve()
    run = await house.ended(run_id)
    assert run.status is RunStatus.COMPLETED, run.answer
    assert f"hi\n{house.shared}" in run.answer


async def test_a_file_is_downloaded_by_its_link(house: House) -> None:
    await house.pair()
    await house.start()
    (house.shared / "a.txt").write_text("words")
    run_id = await house.ask("get a.txt")
    run = await house.ended(run_id)
    assert run.status is RunStatus.COMPLETED, run.answer
    artifact = await house.entry(ArtifactView)
    assert (artifact.name, artifact.size_bytes) == ("a.txt", 5)
    async with aiohttp.ClientSession() as web, web.get(artifact.download_url) as answer:
        assert await answer.text() == "words"
        assert answer.headers["Content-Disposition"].startswith("attachment")


async def test_a_stopped_command_is_gone(house: House) -> None:
    await house.pair()
    await house.start()
    run_id = await house.ask("$ echo begun; touch begun; sleep 60")
    await house.approve()

    async def begun() -> bool:
        return (house.shared / "begun").exists()

    await eventually(begun)
    await house.service.dispatcher.cancel(run_id, Decider(ADA))
    run = await house.ended(run_id)
    assert (run.status, run.reason) == (RunStatus.CANCELLED, EndReason.STOPPED)


async def test_a_killed_companions_command_ran_once_and_the_run_says_so(house: House) -> None:
    await house.pair()
    process = await house.start()
    run_id = await house.ask("$ echo ran >> runs; sleep 60")
    await house.approve()

    async def ran() -> bool:
        return (house.shared / "runs").exists()

    await eventually(ran)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    await house.device("run")
    run = await house.ended(run_id)
    assert run.status is RunStatus.FAILED
    assert "it was not done again" in run.answer
    assert (house.shared / "runs").read_text() == "ran\n"
