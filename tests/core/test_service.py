"""A service notices when its worker ended, and does not end it by noticing."""

import asyncio
from pathlib import Path

import pytest

from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.service import WORKER, Service
from dispatch_core.settings import CoreSettings


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
