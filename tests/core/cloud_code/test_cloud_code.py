"""The tool run_code as the core calls it, with real cages."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dispatch_core.abilities import ToolName
from dispatch_core.errors import ArtifactTooLarge, AttachmentUnavailable
from dispatch_core.routes import cloud_code
from dispatch_core.sandbox.probe import probe


class Context:
    """A step's surroundings that remember what the tool did with them."""

    def __init__(self, timeout_seconds: float = 120, **files: str) -> None:
        self.timeout_seconds = timeout_seconds
        self.shown = ""
        self.saved: dict[str, bytes] = {}
        self.begun = asyncio.Event()
        self._files = {name.replace("_", "."): text for name, text in files.items()}

    async def emit(self, text: str) -> None:
        self.shown += text
        self.begun.set()

    async def save_artifact(self, name: str, source: Path) -> None:
        if name == "huge.bin":
            raise ArtifactTooLarge(name=name, limit=10)
        self.saved[name] = await asyncio.to_thread(source.read_bytes)

    async def files_into(self, folder: Path) -> Sequence[str]:
        if "gone" in self._files:
            raise AttachmentUnavailable(name="gone", why="deleted")
        for name, text in self._files.items():
            (folder / name).write_text(text)
        return tuple(self._files)


@pytest.fixture(scope="module")
def offered(tmp_path_factory: pytest.TempPathFactory) -> Any:
    if why := probe():
        pytest.fail(f"cloud-code can't be tested here: {why}.")
    return cloud_code.offer(tmp_path_factory.mktemp("cache"))


def python(code: str) -> dict[str, str]:
    return {"language": "python", "code": code}


def bash(code: str) -> dict[str, str]:
    return {"language": "bash", "code": code}


def test_the_tool_is_offered_here(offered):
    assert (offered.name, offered.unavailable) == (ToolName.RUN_CODE, "")


async def test_code_is_run_and_its_files_are_kept(offered):
    context = Context()
    code = (
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.savefig('plot.png'); print('drawn')"
    )
    result = await offered.run(context, python(code))
    assert (result.status, result.text, result.exit_code) == ("done", "drawn\n", 0)
    assert context.shown == "drawn\n"
    assert list(context.saved) == ["plot.png"]
    assert context.saved["plot.png"].startswith(b"\x89PNG")


async def test_attached_files_are_there_and_only_changed_ones_become_artifacts(offered):
    context = Context(rows_csv="1,2\n", notes_txt="old")
    result = await offered.run(context, bash("cat rows.csv; echo new > notes.txt; : > none"))
    assert (result.status, result.text) == ("done", "1,2\n")
    assert context.saved == {"notes.txt": b"new\n", "none": b""}


async def test_a_failing_program_fails_and_its_files_are_kept(offered):
    context = Context()
    result = await offered.run(context, bash("echo so far > log.txt; echo oops >&2; exit 4"))
    assert (result.status, result.exit_code, result.text) == ("failed", 4, "oops\n")
    assert list(context.saved) == ["log.txt"]


async def test_a_program_without_an_end_is_timed_out(offered):
    # On a machine that is slow just now bash may take longer than that to begin.
    for seconds in (1, 10, 60):
        context = Context(timeout_seconds=seconds)
        result = await offered.run(context, bash("echo x > kept; echo on; sleep 300"))
        if result.text:
            break
    assert (result.status, result.text, result.exit_code) == ("timed_out", "on\n", None)
    assert list(context.saved) == ["kept"]


async def test_a_broken_limit_is_told_below_the_output(offered):
    result = await offered.run(Context(), bash("yes"))
    assert (result.status, result.truncated) == ("failed", True)
    assert result.text.endswith("\n[It was ended because it wrote too much output.]\n")


async def test_what_was_not_kept_is_told(offered):
    context = Context()
    result = await offered.run(context, bash("echo -n hi; echo x > huge.bin; ln -s / root"))
    assert result.status == "done"
    assert result.text == (
        "hi\n[1 file was left out: links and devices are not brought out.]\n"
        "[huge.bin is larger than 10 bytes and was left out.]\n"
    )
    assert context.saved == {}


async def test_a_stopped_run_keeps_what_it_made(offered):
    context = Context()
    task = asyncio.create_task(
        offered.run(context, bash("echo x > half.csv; echo begun; sleep 300"))
    )
    await asyncio.wait_for(context.begun.wait(), 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert context.shown == "begun\n"
    assert context.saved == {"half.csv": b"x\n"}


async def test_a_file_that_can_not_be_had_stops_the_step_before_the_code_runs(offered):
    context = Context(gone="")
    result = await offered.run(context, bash("echo ran"))
    assert result.status == "failed"
    assert result.text == (
        "The file gone could not be fetched (deleted); attach it again and retry."
    )
    assert context.shown == ""


async def test_more_attached_than_fits_is_refused(offered, monkeypatch):
    monkeypatch.setattr(cloud_code, "MAX_ATTACHED", 1)
    result = await offered.run(Context(a="1", b="2"), bash("echo ran"))
    assert result.status == "failed"
    assert "start a new thread" in result.text


async def test_another_language_is_refused(offered):
    result = await offered.run(Context(), {"language": "ruby", "code": "puts 1"})
    assert (result.status, result.text) == (
        "failed",
        "cloud-code runs python and bash, not ruby.",
    )


async def test_without_a_cage_the_offer_says_so_and_nothing_runs(monkeypatch, tmp_path):
    why = "bubblewrap is not installed"
    monkeypatch.setattr(cloud_code, "probe", lambda: why)
    monkeypatch.setattr("dispatch_core.sandbox.run.probe", lambda: why)
    offered = cloud_code.offer(tmp_path)
    said = f"cloud-code has no sandbox here, so nothing was run: {why}."
    assert offered.unavailable == said
    context = Context()
    result = await offered.run(context, bash("echo ran"))
    assert (result.status, result.text, context.shown) == ("failed", said, "")
