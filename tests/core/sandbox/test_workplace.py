"""The folder in which code finds files: no dead process leaves its own, no living one loses it."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dispatch_core.sandbox import workplace

pytestmark = pytest.mark.processes


WORKING = """
import sys
from dispatch_core.sandbox.workplace import workplace
with workplace() as folder:
    (folder / "attached").write_text("private")
    print(folder, flush=True)
    input()
"""


@asynccontextmanager
async def working(folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, Path]]:
    """A process that has a folder for its work below this one."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WORKING),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=dict(os.environ) | {"TMPDIR": str(folder)},
    )
    try:
        assert process.stdout
        line = await asyncio.wait_for(process.stdout.readline(), 60)
        yield process, Path(line.decode().strip())
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_the_folder_of_a_killed_process_is_deleted_at_the_next_start_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    async with working(tmp_path) as (killed, left), working(tmp_path) as (_, at_work):
        killed.kill()
        await killed.wait()
        assert (left / "attached").read_text() == "private"
        workplace.sweep()
        assert not left.exists()
        assert (at_work / "attached").read_text() == "private"


async def test_a_folder_that_is_swept_before_it_is_held_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    opened, swept = os.open, []

    def open_late(path: Path, flags: int) -> int:
        if not swept:
            swept.append(path)
            path.rmdir()
        return opened(path, flags)

    monkeypatch.setattr(workplace.os, "open", open_late)
    with workplace.workplace() as folder:
        monkeypatch.undo()
        assert folder.is_dir()
        assert [folder] != swept
    assert not folder.exists()
