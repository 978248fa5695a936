"""Fetching: a file as it is, a folder as an archive that is the same each time."""

import io
import os
import stat
import zipfile

import pytest

from device_agent.errors import FileTooLarge, FolderTooLarge
from device_agent.tools.files import archive
from device_agent.tools.files.fetch import Fetch
from device_agent.tools.step import StopReason
from dispatch_core.lifecycle import StepStatus
from tests.device_agent.files.conftest import Bench


def fetcher(bench: Bench, limit: int = 10_000) -> Fetch:
    return Fetch(bench.folders, bench.policy, bench.spool, limit)


def test_a_file_comes_as_it_is(bench: Bench) -> None:
    result = bench.use(fetcher(bench), path="sub/deep.txt")
    assert result.text == "sub/deep.txt (4 bytes)"
    assert bench.sent == {"deep.txt": b"deep"}


def test_a_folder_comes_as_an_archive(bench: Bench) -> None:
    program = bench.shared / "sub" / "run.sh"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o4755)
    os.utime(program, (1_700_000_001, 1_700_000_001))
    (bench.shared / "sub" / "empty").mkdir()
    (bench.shared / "sub" / "old").touch()
    os.utime(bench.shared / "sub" / "old", (0, 0))
    result = bench.use(fetcher(bench), path="sub")
    assert result.text.endswith("3 files.")
    assert result.text.startswith("sub.zip (")
    with zipfile.ZipFile(io.BytesIO(bench.sent["sub.zip"])) as packed:
        assert packed.namelist() == ["sub/deep.txt", "sub/empty/", "sub/old", "sub/run.sh"]
        assert packed.read("sub/deep.txt") == b"deep"
        info = packed.getinfo("sub/run.sh")
        assert stat.S_IMODE(info.external_attr >> 16) == 0o755
        assert info.date_time == (2023, 11, 14, 22, 13, 20)
        assert packed.getinfo("sub/old").date_time[0] == 1980
    assert not list(bench.spool.iterdir())


def test_the_same_folder_makes_the_same_bytes(bench: Bench) -> None:
    bench.use(fetcher(bench), path="sub")
    first = bench.sent.pop("sub.zip")
    bench.use(fetcher(bench), path="sub/")
    assert bench.sent == {"sub.zip": first}


def test_what_is_left_out_is_told(bench: Bench) -> None:
    (bench.shared / "sub" / "link").symlink_to("/etc/passwd")
    (bench.shared / "sub" / ".ssh").mkdir()
    (bench.shared / "sub" / ".ssh" / "id_rsa").write_text("key")
    os.mkfifo(bench.shared / "sub" / "pipe")
    result = bench.use(fetcher(bench), path="sub")
    assert result.text.endswith("1 file; left out: 1 kept closed, 1 special file, 1 symbolic link.")
    with zipfile.ZipFile(io.BytesIO(bench.sent["sub.zip"])) as packed:
        assert packed.namelist() == ["sub/deep.txt"]


def test_a_folder_of_keys_comes_once_it_is_approved(bench: Bench) -> None:
    (bench.shared / ".ssh").mkdir()
    (bench.shared / ".ssh" / "id_rsa").write_text("key")
    bench.use(fetcher(bench), path=".ssh")
    with zipfile.ZipFile(io.BytesIO(bench.sent[".ssh.zip"])) as packed:
        assert packed.namelist() == [".ssh/id_rsa"]


def test_a_name_that_is_no_text_is_packed_all_the_same(bench: Bench) -> None:
    raw = os.fsencode(bench.shared / "sub") + b"/\xff"
    with open(raw, "wb"):  # noqa: PTH123 (a path of bytes)
        pass
    bench.use(fetcher(bench), path="sub")
    with zipfile.ZipFile(io.BytesIO(bench.sent["sub.zip"])) as packed:
        assert packed.namelist() == ["sub/deep.txt", "sub/\ufffd"]


def test_too_much_is_refused_with_its_limit(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        FolderTooLarge, match="more than 3 bytes, and at most 3 bytes can be fetched"
    ):
        bench.use(fetcher(bench, 3), path="sub")
    with pytest.raises(FileTooLarge, match="at most 3 bytes"):
        bench.use(fetcher(bench, 3), path="sub/deep.txt")
    monkeypatch.setattr(archive, "MOST_FILES", 1)
    with pytest.raises(FolderTooLarge, match="more than 1 files"):
        bench.use(fetcher(bench), path=".")
    assert not bench.sent
    assert not list(bench.spool.iterdir())


def test_a_stopped_fetch_sends_nothing(bench: Bench) -> None:
    bench.stop.ask(StopReason.PERSON)
    assert bench.use(fetcher(bench), path="sub").status is StepStatus.STOPPED
    assert not bench.sent
