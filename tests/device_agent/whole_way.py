"""The whole way: a person's words, a running core, their real companion, and back."""

import asyncio
import datetime
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from dispatch_core.approval_views import ApprovalView
from dispatch_core.device_views import Presence
from dispatch_core.dispatcher.door import Dispatcher
from dispatch_core.dispatcher.room import FetchFile
from dispatch_core.lifecycle import ApprovalStatus, RunStatus, Scope
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings
from dispatch_core.views import ArtifactView, Decider, Decision, RunView, Submission
from tests.device_agent.waiting import until

ADA = "T1:U1"
THREAD = "T1:C1:1.0"


@dataclass
class House:
    """Ada's thread with a running core, and her computer, which shares one folder."""

    dispatcher: Dispatcher
    device_home: Path
    shared: Path
    log: Path
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def device(self, *arguments: str) -> asyncio.subprocess.Process:
        """`dispatch-device` with these words; what it complains of is in the log."""
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "device_agent", *arguments),
                env=dict(os.environ) | {"DISPATCH_DEVICE_HOME": str(self.device_home)},
                stdout=asyncio.subprocess.DEVNULL,
                stderr=log,
            )
        self.processes.append(process)
        return process

    async def pair(self, allow: str = "local_files,shell") -> None:
        offer = await self.dispatcher.offer_pairing(ADA, "T1:U1:")
        _, *arguments = offer.command.split()
        more = ("--name", "laptop", "--folder", str(self.shared), "--allow", allow)
        assert await (await self.device(*arguments, *more)).wait() == 0

    async def start(self) -> asyncio.subprocess.Process:
        """A companion that is online."""
        process = await self.device("run")

        async def online() -> bool:
            devices = await self.dispatcher.devices(ADA)
            return devices[0].presence is Presence.ONLINE

        await until(online)
        return process

    async def ask(self, text: str) -> str:
        """The run of what Ada writes into the thread."""
        now = datetime.datetime.now(datetime.UTC)
        key = f"T1:C1:{time.monotonic_ns()}"
        return (await self.dispatcher.submit(Submission(THREAD, key, ADA, text, now))).run_id

    async def asked(self, run_id: str) -> ApprovalView:
        """The approval that a run waits for."""

        async def pending() -> ApprovalView | None:
            run = await self.dispatcher.run(run_id)
            assert run.active, run.answer
            for entry in await self.dispatcher.thread(THREAD):
                body = entry.body
                waits = isinstance(body, ApprovalView) and body.status is ApprovalStatus.PENDING
                if waits and body.run_id == run_id:
                    return body
            return None

        return await until(pending)

    async def approve(self, run_id: str, scope: Scope = Scope.ONCE) -> ApprovalView:
        approval = await self.asked(run_id)
        decide = self.dispatcher.decide
        return await decide(approval.id, Decision.APPROVE, Decider(ADA), scope=scope)

    async def ended(self, run_id: str) -> RunView:
        """A run after its end, which waits for nobody."""

        async def over() -> RunView | None:
            run = await self.dispatcher.run(run_id)
            assert run.status is not RunStatus.WAITING_APPROVAL, run
            return None if run.active else run

        return await until(over)

    async def answer(self, run_id: str) -> str:
        """What a run that came to a good end says."""
        run = await self.ended(run_id)
        assert run.status is RunStatus.COMPLETED, run.answer
        return run.answer

    async def says(self, text: str) -> str:
        """The answer to what nobody need approve."""
        return await self.answer(await self.ask(text))

    async def artifact(self, name: str) -> ArtifactView:
        """A file that came into the thread."""
        bodies = [entry.body for entry in await self.dispatcher.thread(THREAD)]
        found = [body for body in bodies if isinstance(body, ArtifactView)]
        return next(artifact for artifact in found if artifact.name == name)

    async def download(self, name: str) -> bytes:
        """The bytes of such a file, by its link."""
        link = (await self.artifact(name)).download_url
        async with aiohttp.ClientSession() as web, web.get(link) as answer:
            return await answer.read()


@asynccontextmanager
async def open_house(
    home: Path, folder: Path, fetch_file: FetchFile | None = None
) -> AsyncIterator[House]:
    """A core at work, in its home, and an empty folder to share; no device is paired yet."""
    (folder / "shared").mkdir()
    service = Service(CoreSettings(home=home, http_port=0), ApprovalRules(), fetch_file)
    await service.start()
    log = folder / "companion.log"
    house = House(service.dispatcher, folder / "device-home", folder / "shared", log)
    try:
        yield house
    finally:
        for process in house.processes:
            if process.returncode is None:
                process.terminate()
                await process.wait()
        await service.stop()
        sys.stderr.write(log.read_text() if log.exists() else "")
