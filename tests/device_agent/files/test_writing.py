"""Writing: bound to what it replaces, done in one move, or nothing is changed."""

import errno
import os
import sys

import pytest

from device_agent.errors import NotWritable
from device_agent.paths import replacing
from device_agent.tools.files.write_file import WriteFile
from dispatch_core.abilities import VerdictKind
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import Drift
from tests.device_agent.files.conftest import Bench


@pytest.fixture(params=["as this system can", "by plain renames"])
def any_system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are neither nameless files nor swaps, the same holds."""
    if request.param == "by plain renames":
        monkeypatch.setattr(replacing, "_exchange", lambda *_: False)
        monkeypatch.setattr(replacing.sys, "platform", "other")


@pytest.mark.usefixtures("any_system")
def test_a_new_file_is_made_and_nothing_else(bench: Bench) -> None:
    tool = WriteFile(bench.folders, bench.policy)
    result = bench.use(tool, path="sub/new.txt", content="one\ntwo\n")
    assert result.status is StepStatus.DONE
    assert result.text == f"Made {bench.shared}/sub/new.txt (8 bytes)."
    assert (bench.shared / "sub" / "new.txt").read_text() == "one\ntwo\n"
    assert {path.name for path in (bench.shared / "sub").iterdir()} == {"deep.txt", "new.txt"}


@pytest.mark.usefixtures("any_system")
def test_a_replaced_file_keeps_its_mode_and_its_owner(bench: Bench) -> None:
    notes = bench.shared / "notes.txt"
    notes.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(notes, 1234, 1234)
    before = notes.stat()
    bench.use(WriteFile(bench.folders, bench.policy), path="notes.txt", content="new\n")
    after = notes.stat()
    assert notes.read_text() == "new\n"
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode,
        before.st_uid,
        before.st_gid,
    )
    assert sorted(path.name for path in bench.shared.iterdir()) == ["notes.txt", "sub"]


@pytest.mark.usefixtures("any_system")
@pytest.mark.parametrize("path", ["notes.txt", "new.txt"])
def test_a_disk_that_is_full_leaves_all_as_it_was(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def full(_handle: int, _piece: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(replacing.os, "write", full)
    with pytest.raises(NotWritable, match="no space left"):
        bench.use(WriteFile(bench.folders, bench.policy), path=path, content="new\n")
    assert sorted(each.name for each in bench.shared.iterdir()) == ["notes.txt", "sub"]
    assert (bench.shared / "notes.txt").read_text() == "notes"


@pytest.mark.usefixtures("any_system")
def test_what_changed_since_the_approval_is_not_replaced(bench: Bench) -> None:
    notes = bench.shared / "notes.txt"
    result = bench.use(
        WriteFile(bench.folders, bench.policy),
        lambda: notes.write_text("others' words"),
        path="notes.txt",
        content="new\n",
    )
    assert (result.status, result.drift) == (StepStatus.REFUSED, Drift.FILES)
    assert notes.read_text() == "others' words"


@pytest.mark.usefixtures("any_system")
def test_a_file_that_came_since_the_approval_is_not_replaced(bench: Bench) -> None:
    new = bench.shared / "new.txt"
    tool = WriteFile(bench.folders, bench.policy)
    result = bench.use(tool, lambda: new.write_text("mine"), path="new.txt", content="new\n")
    assert (result.status, result.drift) == (StepStatus.REFUSED, Drift.FILES)
    assert new.read_text() == "mine"


def test_what_was_never_approved_is_not_written(bench: Bench) -> None:
    tool = WriteFile(bench.folders, bench.policy)
    result = tool(bench.room(), {"path": "new.txt", "content": "new\n"})
    assert (result.status, result.drift) == (StepStatus.REFUSED, Drift.FILES)
    assert not (bench.shared / "new.txt").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="swaps by renameat2")
def test_who_writes_between_the_last_look_and_the_swap_keeps_their_words(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes, swap = bench.shared / "notes.txt", replacing._exchange
    words = iter(["others' words"])

    def late(parent: int, one: str, other: str) -> bool:
        for word in words:
            notes.write_text(word)
        return swap(parent, one, other)

    monkeypatch.setattr(replacing, "_exchange", late)
    tool = WriteFile(bench.folders, bench.policy)
    result = bench.use(tool, path="notes.txt", content="new\n")
    assert result.drift is Drift.FILES
    assert notes.read_text() == "others' words"
    assert sorted(path.name for path in bench.shared.iterdir()) == ["notes.txt", "sub"]


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"path": "x"},
        {"path": "x", "content": 1},
        {"path": "x", "content": "y", "mode": "777"},
        {"path": "x", "content": "x" * 2_000_000},
        {"path": "x", "content": "\ud800"},
    ],
)
def test_other_arguments_are_refused(bench: Bench, arguments: dict[str, object]) -> None:
    tool = WriteFile(bench.folders, bench.policy)
    assert tool.prepare("thread-1", arguments).verdict is VerdictKind.DENY
    assert tool(bench.room(), arguments).status is StepStatus.REFUSED
