"""Files by the whole way: a person's words, the core, a real companion, and back."""

import asyncio
import datetime
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dispatch_core.views import AttachedFile, Submission
from tests.device_agent.whole_way import ADA, THREAD, House, open_house

pytestmark = pytest.mark.processes

FENCE = "```"


async def bring(file: AttachedFile, to: Path) -> None:
    """The front end's way to a person's file."""
    await asyncio.to_thread(to.write_text, f"the words of {file.source}")


@pytest.fixture
async def house(home: Path, tmp_path: Path) -> AsyncIterator[House]:
    """A front end brings the files of a thread to it."""
    async with open_house(home, tmp_path, bring) as house:
        await house.pair()
        await house.start()
        yield house


async def test_a_file_is_written_as_its_diff_was_approved_and_its_folder_fetched(
    house: House,
) -> None:
    (house.shared / "docs").mkdir()
    (house.shared / "docs" / "plan.md").write_text("one\ntwo\n")
    run_id = await house.ask(f"write docs/plan.md\n{FENCE}\none\n2\n{FENCE}")
    approval = await house.asked(run_id)
    assert approval.title == "Write a file on laptop"
    assert approval.payload == "path: docs/plan.md\nsize: 6 bytes, 2 lines"
    assert "-two\n+2" in approval.preview
    assert (house.shared / "docs" / "plan.md").read_text() == "one\ntwo\n"
    await house.approve(run_id)
    await house.answer(run_id)
    assert (house.shared / "docs" / "plan.md").read_text() == "one\n2\n"

    assert "1 file" in await house.says("fetch ./docs")
    packed = zipfile.ZipFile(io.BytesIO(await house.download("docs.zip")))
    assert packed.read("docs/plan.md") == b"one\n2\n"

    assert "docs/plan.md:2: 2" in await house.says("search 2 in .")


async def test_a_threads_file_is_saved_on_the_device(house: House) -> None:
    now = datetime.datetime.now(datetime.UTC)
    file = AttachedFile("table.csv", "text/csv", 3, "F1")
    with_file = Submission(THREAD, "T1:C1:file", ADA, "", now, files=(file,))
    await house.dispatcher.submit(with_file)
    run_id = await house.ask("save table.csv to ./")
    approval = await house.asked(run_id)
    assert approval.preview.endswith("table.csv (a new file)")
    await house.approve(run_id)
    await house.answer(run_id)
    assert (house.shared / "table.csv").read_text() == "the words of F1"
