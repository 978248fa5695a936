"""The owner has the last word on a real device: what is new waits for it, a removal ends all."""

import asyncio
from pathlib import Path

import psutil
import pytest

from dispatch_core.approval_views import ApprovalView
from dispatch_core.lifecycle import ApprovalStatus, EndReason, RunStatus
from dispatch_core.views import RunView
from tests.device_agent.waiting import PATIENCE, until
from tests.device_agent.whole_way import ADA, THREAD, House

pytestmark = pytest.mark.processes


async def awaits(house: House, *wider: str) -> None:
    """The device waits for its owner's word on these; a slow report may come a little later."""

    async def reported() -> bool:
        (device,) = await house.dispatcher.devices(ADA)
        return device.awaits_confirmation == wider

    await until(reported)


async def done(house: House, text: str) -> RunView:
    return await house.ended(await house.ask(text))


async def test_a_removed_device_stops_its_command_within_seconds(house: House) -> None:
    await house.pair()
    companion = await house.start()
    run_id = await house.ask("$ touch begun; sleep 300")
    await house.approve(run_id)

    async def begun() -> bool:
        return (house.shared / "begun").exists()

    await until(begun)
    family = psutil.Process(companion.pid).children(recursive=True)
    second = await house.ask("$ echo never")

    async def asked() -> list[ApprovalView]:
        bodies = [entry.body for entry in await house.dispatcher.thread(THREAD)]
        found = [body for body in bodies if isinstance(body, ApprovalView)]
        return [body for body in found if body.status is ApprovalStatus.PENDING]

    await house.dispatcher.remove_device("laptop", ADA)
    async with asyncio.timeout(PATIENCE):  # a second or two, on a machine at rest
        assert await companion.wait() == 1
    assert not psutil.wait_procs(family, timeout=PATIENCE)[1]
    assert await asked() == []
    run = await house.dispatcher.run(run_id)
    assert (run.status, run.reason) == (RunStatus.FAILED, EndReason.DENIED)
    assert "was removed by its owner" in run.answer
    assert "no paired device" in (await house.ended(second)).answer


async def test_a_folder_that_is_shared_later_is_seen_only_once_it_is_confirmed(
    house: House,
    tmp_path: Path,
) -> None:
    await house.pair()
    await house.start()
    more = tmp_path / "more"
    more.mkdir()
    (more / "secret.txt").write_text("words")
    assert await (await house.device("folder", "add", str(more))).wait() == 0
    await awaits(house, f"folder {more}")
    before = await done(house, f"ls {more}")
    assert before.reason is not EndReason.DONE
    assert "outside the folders" in before.answer
    (device,) = await house.dispatcher.devices(ADA)
    await house.dispatcher.confirm_device("laptop", ADA, device.offer)
    assert "secret.txt" in (await done(house, f"ls {more}")).answer
    # Taken back and shared again, it waits again.
    for verb in ("remove", "add"):
        assert await (await house.device("folder", verb, str(more))).wait() == 0
    await awaits(house, f"folder {more}")
    assert "outside the folders" in (await done(house, f"ls {more}")).answer


async def test_a_permission_that_is_given_later_waits_and_one_taken_back_does_not(
    house: House,
) -> None:
    await house.pair()
    await house.start()
    assert await (await house.device("forbid", "local_files")).wait() == 0
    assert (await done(house, "ls .")).reason is EndReason.DENIED
    assert await (await house.device("permit", "local_files")).wait() == 0
    await awaits(house, "permission local_files")
    assert (await done(house, "ls .")).reason is EndReason.DENIED
    (device,) = await house.dispatcher.devices(ADA)
    await house.dispatcher.confirm_device("laptop", ADA, device.offer)
    assert (await done(house, "ls .")).reason is EndReason.DONE


async def test_a_service_of_a_removed_device_comes_to_rest(house: House) -> None:
    await house.pair()
    await house.dispatcher.remove_device("laptop", ADA)
    companion = await house.device("run", "--service")
    assert await companion.wait() == 0
