"""Reading and listing: what is sent and shown, and for what the owner is asked."""

import os
from pathlib import Path

import pytest

from device_agent.errors import FileTooLarge
from device_agent.folders import Folders
from device_agent.policy.owner import OwnerPolicy
from device_agent.tools.files.list_folder import ListFolder
from device_agent.tools.files.read_file import ReadFile
from device_agent.tools.files.sizes import human_size
from device_agent.tools.step import StepRoom, Stop
from dispatch_core.lifecycle import StepStatus


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    (folder / "sub").mkdir(parents=True)
    (folder / "notes.txt").write_text("notes")
    (folder / "sub" / "deep.txt").write_text("deep")
    return folder


@pytest.fixture
def folders(shared: Path, tmp_path: Path) -> Folders:
    return Folders([str(shared)], private=tmp_path / "home")


def room(sent: dict[str, bytes]) -> StepRoom:
    def send(name: str, path: Path) -> None:
        sent[name] = path.read_bytes()

    return StepRoom(5, Stop(), lambda _text: None, send)


def test_a_file_is_sent_and_its_copy_removed(folders: Folders, tmp_path: Path) -> None:
    spool, sent = tmp_path / "spool", {}
    spool.mkdir()
    result = ReadFile(folders, OwnerPolicy, spool)(room(sent), {"path": "sub/deep.txt"})
    assert (result.status, result.text) == (StepStatus.DONE, "sub/deep.txt (4 B)")
    assert sent == {"deep.txt": b"deep"}
    assert not list(spool.iterdir())


def test_a_file_that_is_too_large_is_told_with_both_sizes(folders: Folders, tmp_path: Path) -> None:
    with pytest.raises(FileTooLarge, match=r"notes\.txt has 5 B, and at most 4 B can be sent"):
        ReadFile(folders, OwnerPolicy, tmp_path, limit=4)(room({}), {"path": "notes.txt"})


def test_a_folder_is_listed_folders_first(folders: Folders, shared: Path) -> None:
    (shared / "Alpha.csv").write_bytes(b"x" * 1500)
    (shared / "link").symlink_to("/etc/passwd")
    for name in shared.iterdir():
        os.utime(name, (0, 0), follow_symlinks=False)
    lines = ListFolder(folders, OwnerPolicy)(room({}), {"path": "."}).text.splitlines()
    assert [line.split()[-1] for line in lines] == ["sub/", "Alpha.csv", "link@", "notes.txt"]
    assert "1.5 KB  1970-01-01" in lines[1]


def test_a_crowded_folder_is_cut_and_says_so(folders: Folders, shared: Path) -> None:
    for number in range(600):
        (shared / "sub" / f"{number:03}").touch()
    result = ListFolder(folders, OwnerPolicy)(room({}), {"path": "sub"})
    assert result.truncated
    assert result.text.splitlines()[-1] == "… and 101 more"


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 KB"), (5_000_000_000, "5.0 GB")]
)
def test_a_size_is_told_as_a_person_would(size: int, words: str) -> None:
    assert human_size(size) == words
