"""Files by the whole way: a person's words, the core, a real companion, and back."""

import asyncio
import datetime
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from dispatch_core.lifecycle import RunStatus
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings
from dispatch_core.views import ApprovalView, ArtifactView, AttachedFile, Submission
from tests.device_agent.test_with_the_core import ADA, THREAD, House

pytestmark = pytest.mark.processes

FENCE = "```"


async def bring(file: AttachedFile, to: Path) -> None:
    """The front end's way to a person's file."""
    await asyncio.to_thread(to.write_text, f"the words of {file.source}")


@pytest.fixture
async def house(home: Path, tmp_path: Path) -> AsyncIterator[House]:
    shared = tmp_path / "shared"
    shared.mkdir()
    settings = CoreSettings(home=home, http_port=0, lease=2)
    service = Service(settings, ApprovalRules(), fetch_file=bring)
    await service.start()
    house = House(service, shared, tmp_path / "device-home")
    await house.pair()
    await house.start()
    yield house
    for process in house.processes:
        if process.returncode is None:
            process.kill()
            await process.wait()
    await service.stop()


async def test_a_file_is_written_as_its_diff_was_approved_and_its_folder_fetched(
    house: House,
) -> None:
    (house.shared / "docs").mkdir()
    (house.shared / "docs" / "plan.md").write_text("one\ntwo\n")
    run_id = await house.ask(f"write docs/plan.md\n{FENCE}\none\n2\n{FENCE}")
    approval = await house.entry(ApprovalView)
    assert approval.title == "Write a file on laptop"
    assert approval.payload == "path: docs/plan.md\nsize: 6 bytes, 2 lines"
    assert "-two\n+2" in approval.preview
    assert (house.shared / "docs" / "plan.md").read_text() == "one\ntwo\n"
    await house.approve()
    run = await house.ended(run_id)
    assert run.status is RunStatus.COMPLETED, run.answer
    assert (house.shared / "docs" / "plan.md").read_text() == "one\n2\n"

    run = await house.ended(await house.ask("fetch ./docs"))
    assert run.status is RunStatus.COMPLETED, run.answer
    assert "1 file" in run.answer
    artifact = await house.entry(ArtifactView)
    assert artifact.name == "docs.zip"
    async with aiohttp.ClientSession() as web, web.get(artifact.download_url) as answer:
        packed = zipfile.ZipFile(io.BytesIO(await answer.read()))
    assert packed.read("docs/plan.md") == b"one\n2\n"

    run = await house.ended(await house.ask("search 2 in ."))
    assert "docs/plan.md:2: 2" in run.answer


async def test_a_threads_file_is_saved_on_the_device(house: House) -> None:
    now = datetime.datetime.now(datetime.UTC)
    file = AttachedFile("table.csv", "text/csv", 3, "F1")
    with_file = Submission(THREAD, "T1:C1:file", ADA, "", now, files=(file,))
    await house.service.dispatcher.submit(with_file)
    run_id = await house.ask("save table.csv to ./")
    approval = await house.entry(ApprovalView)
    assert approval.preview.endswith("table.csv (a new file)")
    await house.approve()
    run = await house.ended(run_id)
    assert run.status is RunStatus.COMPLETED, run.answer
    assert (house.shared / "table.csv").read_text() == "the words of F1"
