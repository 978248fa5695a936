"""A small real job by the whole way: the core asks, a person approves, Chromium does it."""

import asyncio
import datetime
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from device_agent.policy.owner import OwnerPolicy, SiteRules
from dispatch_core.device_views import Presence
from dispatch_core.lifecycle import ApprovalStatus, EndReason, RunStatus, Scope
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
from tests.browser import chromium_path
from tests.device_agent.browser.site import BILL, Site, browsers_of

pytestmark = [pytest.mark.browser, pytest.mark.processes]

ADA = "T1:U1"
THREAD = "T1:C1:1.0"


@dataclass
class House:
    """A running core, and the companion of one person whose policy opens one private host."""

    service: Service
    home: Path
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def device(self, *arguments: str) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "device_agent", *arguments),
            env=dict(os.environ) | {"DISPATCH_DEVICE_HOME": str(self.home)},
            stdout=asyncio.subprocess.DEVNULL,
        )
        self.processes.append(process)
        return process

    async def open(self, *private: str) -> None:
        offer = await self.service.dispatcher.offer_pairing(ADA, "T1:U1:")
        _, *arguments = offer.command.split()
        pairing = await self.device(
            *arguments, "--name", "laptop", "--allow", "browser_automation,local_files"
        )
        assert await pairing.wait() == 0
        OwnerPolicy(sites=SiteRules(private=private)).save(self.home)
        await self.device("run")

        async def online() -> bool:
            devices = await self.service.dispatcher.devices(ADA)
            return devices[0].presence is Presence.ONLINE

        await eventually(online)

    async def ask(self, text: str) -> str:
        now = datetime.datetime.now(datetime.UTC)
        key = f"T1:C1:{time.monotonic_ns()}"
        receipt = await self.service.dispatcher.submit(Submission(THREAD, key, ADA, text, now))
        return receipt.run_id

    async def asked(self, run_id: str) -> ApprovalView:
        """The approval that a run waits for."""

        async def found() -> ApprovalView | None:
            assert (await self.run(run_id)).active, (await self.run(run_id)).answer
            return next(
                (
                    entry.body
                    for entry in await self.service.dispatcher.thread(THREAD)
                    if isinstance(entry.body, ApprovalView)
                    and entry.body.run_id == run_id
                    and entry.body.status is ApprovalStatus.PENDING
                ),
                None,
            )

        return await eventually(found)

    async def approve(self, run_id: str, scope: Scope = Scope.ONCE) -> ApprovalView:
        approval = await self.asked(run_id)
        decide = self.service.dispatcher.decide
        return await decide(approval.id, Decision.APPROVE, Decider(ADA), scope=scope)

    async def run(self, run_id: str) -> RunView:
        return await self.service.dispatcher.run(run_id)

    async def says(self, text: str) -> str:
        """The answer of a run that nobody need approve."""
        return await self.ended(await self.ask(text))

    async def over(self, run_id: str) -> RunView:
        """A run after its end, which waits for nobody."""

        async def ended() -> RunView | None:
            view = await self.run(run_id)
            assert view.status is not RunStatus.WAITING_APPROVAL, view
            return None if view.active else view

        run: RunView = await eventually(ended)
        return run

    async def ended(self, run_id: str) -> str:
        """The answer of a run that came to a good end."""
        run = await self.over(run_id)
        assert run.status is RunStatus.COMPLETED, run.answer
        return run.answer

    async def artifact(self, name: str) -> bytes:
        """The bytes of a file that came into the thread, by its link."""
        entries = await self.service.dispatcher.thread(THREAD)
        view = next(
            entry.body
            for entry in entries
            if isinstance(entry.body, ArtifactView) and entry.body.name == name
        )
        async with aiohttp.ClientSession() as web, web.get(view.download_url) as answer:
            return await answer.read()


async def eventually(condition: Callable[[], Awaitable[Any]], seconds: float = 90) -> Any:
    """Poll a state that another process changes."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := await condition():
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"not within {seconds} seconds")


@pytest.fixture
async def house(home: Path, tmp_path: Path) -> AsyncIterator[House]:
    chromium_path()
    service = Service(CoreSettings(home=home, http_port=0), ApprovalRules())
    await service.start()
    house = House(service, tmp_path / "device-home")
    yield house
    for process in house.processes:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    await service.stop()


def ref_of(snapshot: str, words: str) -> str:
    found = re.search(rf"{re.escape(words)}[^\n]*\[ref=(\w+)\]", snapshot)
    assert found, snapshot
    return found[1]


async def test_a_form_is_filled_in_and_sent_and_what_it_returns_is_downloaded(
    house: House, site: Site
) -> None:
    await house.open(f"127.0.0.1:{site.port}")
    opening = await house.ask(f"open {site.url}/form with a screenshot")
    approval = await house.approve(opening, Scope.THREAD)
    assert approval.grant_words == f"Use {site.url} in the browser"
    assert "Order form" in await house.ended(opening)
    assert (await house.artifact("screenshot.png")).startswith(b"\x89PNG")
    tree = await house.says("snapshot")
    await house.says(f'type "Ada Lovelace" into {ref_of(tree, chr(34) + "Name")}')
    await house.says(f'select "Quince" in {ref_of(tree, chr(34) + "Fruit")}')
    sent = await house.says('click "Send"')
    assert "Thanks" in sent
    assert b"Ada Lovelace" in site.posted[0]
    assert b'name="fruit"\r\n\r\nq\r\n' in site.posted[0]
    loading = await house.ask('download "Bill"')
    asked = await house.approve(loading)
    assert asked.grant_words == f"Download files from {site.url}"
    assert "bill.csv" in await house.ended(loading)
    assert await house.artifact("bill.csv") == BILL


async def test_what_is_refused_is_told_and_a_killed_browser_is_survived(
    house: House, site: Site
) -> None:
    await house.open(f"127.0.0.1:{site.port}")
    for address in ("file:///etc/passwd", "http://127.0.0.1:9/", "http://169.254.169.254/x"):
        run = await house.over(await house.ask(f"open {address}"))
        assert (run.reason, "can't be opened" in run.answer) == (EndReason.DENIED, True)
    hop = await house.ask(f"open {site.redirect('/hop', 'http://169.254.169.254/x')}")
    await house.approve(hop, Scope.THREAD)
    run = await house.over(hop)
    assert run.reason is EndReason.ERROR
    assert "169.254.169.254/x, a site that was not opened in this thread" in run.answer
    await house.says(f"open {site.url}/form")
    for process in browsers_of(house.home / "browser-profile"):
        process.kill()
    gone = await house.over(await house.ask("snapshot"))
    assert gone.status is RunStatus.FAILED
    assert "was started anew" in await house.says(f"open {site.url}/form")
