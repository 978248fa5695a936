"""The companion and the whole core together: asked, approved, done, and done once."""

import signal

import aiohttp
import pytest

from dispatch_core.lifecycle import EndReason, RunStatus
from dispatch_core.views import Decider
from tests.device_agent.waiting import until
from tests.device_agent.whole_way import ADA, House

pytestmark = pytest.mark.processes


async def test_a_command_runs_once_it_is_approved(house: House) -> None:
    await house.pair()
    await house.start()
    run_id = await house.ask("$ echo hi; pwd")
    await house.approve(run_id)
    assert f"hi\n{house.shared}" in await house.answer(run_id)


async def test_a_file_is_downloaded_by_its_link(house: House) -> None:
    await house.pair()
    await house.start()
    (house.shared / "a.txt").write_text("words")
    await house.says("get a.txt")
    artifact = await house.artifact("a.txt")
    assert artifact.size_bytes == 5
    async with aiohttp.ClientSession() as web, web.get(artifact.download_url) as answer:
        assert await answer.text() == "words"
        assert answer.headers["Content-Disposition"].startswith("attachment")


async def test_a_stopped_command_is_gone(house: House) -> None:
    await house.pair()
    await house.start()
    run_id = await house.ask("$ echo begun; touch begun; sleep 300")
    await house.approve(run_id)

    async def begun() -> bool:
        return (house.shared / "begun").exists()

    await until(begun)
    await house.dispatcher.cancel(run_id, Decider(ADA))
    run = await house.ended(run_id)
    assert (run.status, run.reason) == (RunStatus.CANCELLED, EndReason.STOPPED)


async def test_a_killed_companions_command_ran_once_and_the_run_says_so(house: House) -> None:
    await house.pair()
    process = await house.start()
    run_id = await house.ask("$ echo ran >> runs; sleep 300")
    await house.approve(run_id)

    async def ran() -> bool:
        return (house.shared / "runs").exists()

    await until(ran)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    await house.device("run")
    run = await house.ended(run_id)
    assert run.status is RunStatus.FAILED
    assert "it was not done again" in run.answer
    assert (house.shared / "runs").read_text() == "ran\n"
