"""A thread's attached file, saved on the device."""

from pathlib import Path

import pytest

from device_agent.errors import MissingPath
from device_agent.tools.files.receive_file import ReceiveFile
from dispatch_core.abilities import VerdictKind
from tests.device_agent.files.conftest import Bench


@pytest.mark.parametrize("path", ["sub", "sub/", "sub/gift.txt"])
def test_an_attached_file_is_saved(bench: Bench, path: str) -> None:
    bench.attached["gift.txt"] = b"a gift"
    tool = ReceiveFile(bench.folders, bench.policy, bench.spool)
    result = bench.use(tool, name="gift.txt", path=path)
    assert result.text == f"Made {bench.shared}/sub/gift.txt (6 bytes)."
    gift = bench.shared / "sub" / "gift.txt"
    assert gift.read_bytes() == b"a gift"
    assert not gift.stat().st_mode & 0o111
    assert not list(bench.spool.iterdir())


def test_an_attached_file_in_place_of_another_says_what_it_replaces(bench: Bench) -> None:
    tool = ReceiveFile(bench.folders, bench.policy, bench.spool)
    said = tool.prepare("thread-1", {"name": "gift.txt", "path": "notes.txt"})
    assert said.preview == (
        f"gift.txt from this thread → {bench.shared}/notes.txt (in place of 5 bytes)"
    )
    assert said.bound.files[str(bench.shared / "notes.txt")] != "absent"


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".", "..", "/etc/passwd"])
def test_an_attached_file_is_named_without_a_folder(bench: Bench, name: str) -> None:
    tool = ReceiveFile(bench.folders, bench.policy, bench.spool)
    assert tool.prepare("t", {"name": name, "path": "sub"}).verdict is VerdictKind.DENY


def test_an_attached_file_that_is_not_there_is_named(bench: Bench, tmp_path: Path) -> None:
    tool = ReceiveFile(bench.folders, bench.policy, bench.spool)
    with pytest.raises(MissingPath, match=r"gift\.txt"):
        bench.use(tool, name="gift.txt", path="sub")
    assert [path.name for path in (bench.shared / "sub").iterdir()] == ["deep.txt"]
