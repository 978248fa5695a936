"""A service owns its database, takes its own back, and notices when its worker ended."""

import asyncio
import os
from pathlib import Path

import pytest

from dispatch_core.errors import StoreInUse
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.service import WORKER, Service
from dispatch_core.settings import CoreSettings
from tests.core.engine import open_engine


async def test_a_worker_that_broke_is_noticed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(CoreSettings(home=home, http_port=0), ApprovalRules())
    await service.start()
    try:

        async def broken(*_: object) -> None:
            raise ValueError("nobody foresaw this")

        monkeypatch.setattr("dispatch_core.dispatcher.core_desk.CoreDesk.claim", broken)
        with pytest.raises(ValueError, match="nobody foresaw this"):
            await service.ended()
    finally:
        await service.stop()


async def test_who_stops_waiting_for_its_end_leaves_the_worker_its_grace(home: Path) -> None:
    service = Service(CoreSettings(home=home, http_port=0), ApprovalRules())
    await service.start()
    try:
        waiting = asyncio.create_task(service.ended())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        [worker] = [task for task in asyncio.all_tasks() if task.get_name() == WORKER]
        assert not worker.cancelling()
    finally:
        await service.stop()


async def test_a_restart_takes_its_own_runs_back_at_once(home: Path) -> None:
    async with open_engine(home, lease=600) as former:
        run_id = await former.ask()
        held = await former.claim()
    assert held.claim.run_id == run_id
    service = Service(CoreSettings(home=home, http_port=0, lease=600), ApprovalRules())
    await service.start()
    try:
        async with asyncio.timeout(60):
            while (await service.dispatcher.run(run_id)).active:
                await service.dispatcher.changes(0.1)
    finally:
        await service.stop()


async def test_a_second_service_on_one_home_is_told_which_process_the_first_is(home: Path) -> None:
    settings = CoreSettings(home=home, http_port=0)
    first, second = Service(settings, ApprovalRules()), Service(settings, ApprovalRules())
    await first.start()
    try:
        with pytest.raises(StoreInUse, match=f"in use by process {os.getpid()};"):
            await second.start()
        await second.stop()
        assert await first.dispatcher.thread("T1:C1:1") == ()
    finally:
        await first.stop()
