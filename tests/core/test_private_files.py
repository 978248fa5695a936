"""What Dispatch keeps is for its own user, whatever the umask and whoever made the home."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatch_core.blobs import Blobs
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings, open_home

OTHERS = stat.S_IRWXG | stat.S_IRWXO


@pytest.fixture(autouse=True)
def careless_umask() -> Iterator[None]:
    """The one that most systems start with: others may read what is new."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_every_folder_that_is_made_for_the_home_is_private(tmp_path: Path) -> None:
    open_home(tmp_path / "dispatch" / "demo")
    assert not mode(tmp_path / "dispatch") & OTHERS
    assert not mode(tmp_path / "dispatch" / "demo") & OTHERS


async def test_in_a_home_that_others_can_enter_they_can_read_nothing(home: Path) -> None:
    open_to_all(home)
    service = Service(CoreSettings(home=home, http_port=0), ApprovalRules())
    await service.start()
    try:
        assert {"dispatch.db", "dispatch.db-wal"} <= set(files_in(home))
        assert [name for name in files_in(home) if mode(home / name) & OTHERS] == []
        assert not mode(home / "artifacts") & OTHERS
    finally:
        await service.stop()


async def test_a_file_that_was_readable_before_is_closed(home: Path) -> None:
    open_to_all(home, "dispatch.db")
    service = Service(CoreSettings(home=home, http_port=0), ApprovalRules())
    await service.start()
    await service.stop()
    assert not mode(home / "dispatch.db") & OTHERS


def test_bytes_that_are_kept_are_private(tmp_path: Path) -> None:
    source = tmp_path / "plot.png"
    source.write_bytes(b"bytes")
    blobs = Blobs(tmp_path / "artifacts")
    assert not mode(blobs.path(blobs.put(source).sha256)) & OTHERS


def mode(path: Path) -> int:
    """The permission bits of a file or folder."""
    return stat.S_IMODE(path.stat().st_mode)


def files_in(folder: Path) -> list[str]:
    """The names of its files."""
    return [file.name for file in folder.glob("*") if file.is_file()]


def open_to_all(home: Path, *files: str) -> None:
    """A home that somebody else made, with these empty files in it."""
    home.mkdir(exist_ok=True)
    home.chmod(0o755)
    for name in files:
        (home / name).touch(mode=0o644)
