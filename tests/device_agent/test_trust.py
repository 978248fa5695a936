"""The owner has the last word on a real device: what is new waits for it, a removal ends all."""

import time
from pathlib import Path

import psutil
import pytest

from dispatch_core.lifecycle import ApprovalStatus, EndReason, RunStatus
from dispatch_core.views import ApprovalView, RunView
from tests.device_agent.test_with_the_core import (
    ADA,
    THREAD,
    House,
    eventually,
    house,  # noqa: F401 (a fixture)
)

pytestmark = pytest.mark.processes


async def awaited(house: House) -> tuple[str, ...]:  # noqa: F811
    (device,) = await house.service.dispatcher.devices(ADA)
    return device.awaits_confirmation


async def done(house: House, text: str) -> RunView:  # noqa: F811
    return await house.ended(await house.ask(text))


async def test_a_removed_device_stops_its_command_within_seconds(house: House) -> None:  # noqa: F811
    await house.pair()
    companion = await house.start()
    run_id = await house.ask("$ touch begun; sleep 300")
    await house.approve()

    async def begun() -> bool:
        return (house.shared / "begun").exists()

    await eventually(begun)
    family = psutil.Process(companion.pid).children(recursive=True)
    second = await house.ask("$ echo never")

    async def asked() -> list[ApprovalView]:
        bodies = [entry.body for entry in await house.service.dispatcher.thread(THREAD)]
        found = [body for body in bodies if isinstance(body, ApprovalView)]
        return [body for body in found if body.status is ApprovalStatus.PENDING]

    removed_at = time.monotonic()
    await house.service.dispatcher.remove_device("laptop", ADA)
    assert await companion.wait() == 1
    assert time.monotonic() - removed_at < 30  # one or two, on a machine at rest
    assert not psutil.wait_procs(family, timeout=5)[1]
    assert await asked() == []
    run = await house.service.dispatcher.run(run_id)
    assert (run.status, run.reason) == (RunStatus.FAILED, EndReason.DENIED)
    assert "was removed by its owner" in run.answer
    assert "no paired device" in (await house.ended(second)).answer


async def test_a_folder_that_is_shared_later_is_seen_only_once_it_is_confirmed(
    house: House,  # noqa: F811
    tmp_path: Path,
) -> None:
    await house.pair()
    await house.start()
    more = tmp_path / "more"
    more.mkdir()
    (more / "secret.txt").write_text("words")
    assert await (await house.device("folder", "add", str(more))).wait() == 0
    assert await awaited(house) == (f"folder {more}",)
    before = await done(house, f"ls {more}")
    assert before.reason is not EndReason.DONE
    assert "outside the folders" in before.answer
    (device,) = await house.service.dispatcher.devices(ADA)
    await house.service.dispatcher.confirm_device("laptop", ADA, device.offer)
    assert "secret.txt" in (await done(house, f"ls {more}")).answer
    # Taken back and shared again, it waits again.
    for verb in ("remove", "add"):
        assert await (await house.device("folder", verb, str(more))).wait() == 0
    assert await awaited(house) == (f"folder {more}",)
    assert "outside the folders" in (await done(house, f"ls {more}")).answer


async def test_a_permission_that_is_given_later_waits_and_one_taken_back_does_not(
    house: House,  # noqa: F811
) -> None:
    await house.pair()
    await house.start()
    assert await (await house.device("forbid", "local_files")).wait() == 0
    assert (await done(house, "ls .")).reason is EndReason.DENIED
    assert await (await house.device("permit", "local_files")).wait() == 0
    assert await awaited(house) == ("permission local_files",)
    assert (await done(house, "ls .")).reason is EndReason.DENIED
    (device,) = await house.service.dispatcher.devices(ADA)
    await house.service.dispatcher.confirm_device("laptop", ADA, device.offer)
    assert (await done(house, "ls .")).reason is EndReason.DONE


async def test_a_service_of_a_removed_device_comes_to_rest(house: House) -> None:  # noqa: F811
    await house.pair()
    await house.service.dispatcher.remove_device("laptop", ADA)
    companion = await house.device("run", "--service")
    assert await companion.wait() == 0
