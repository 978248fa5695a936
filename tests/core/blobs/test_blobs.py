"""Bytes under their hash on a real disk."""

import hashlib
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from dispatch_core.blobs import Blobs


@pytest.fixture
def blobs(tmp_path):
    return Blobs(tmp_path / "blobs")


def everything(tmp_path):
    return [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]


def test_what_is_put_is_found_under_its_hash(blobs, tmp_path):
    source = tmp_path / "source"
    source.write_bytes(b"x" * 3_000_000)
    blob = blobs.put(source)
    assert blob.sha256 == hashlib.sha256(b"x" * 3_000_000).hexdigest()
    assert blob.size_bytes == 3_000_000
    assert blobs.path(blob.sha256).read_bytes() == source.read_bytes()


def test_the_same_content_is_stored_once(blobs, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).write_text("same")
    assert blobs.put(tmp_path / "one") == blobs.put(tmp_path / "two")
    assert len(everything(tmp_path)) == 1


def test_many_threads_may_put_the_same_at_once(blobs, tmp_path):
    (tmp_path / "source").write_bytes(b"y" * 500_000)
    with ThreadPoolExecutor(8) as pool:
        stored = set(pool.map(blobs.put, [tmp_path / "source"] * 16))
    assert len(stored) == 1
    assert len(everything(tmp_path)) == 1


def test_a_later_change_of_the_source_changes_nothing(blobs, tmp_path):
    source = tmp_path / "source"
    source.write_text("before")
    blob = blobs.put(source)
    source.write_text("after!")
    assert blobs.path(blob.sha256).read_text() == "before"


def test_a_missing_source_leaves_nothing_behind(blobs, tmp_path):
    with pytest.raises(FileNotFoundError):
        blobs.put(tmp_path / "nowhere")
    assert everything(tmp_path) == []


FULL = """
from pathlib import Path
from dispatch_core.blobs import Blobs
blobs = Blobs(Path("/mnt/blobs"))
Path("/srv/large").write_bytes(b"z" * 3_000_000)
try:
    blobs.put(Path("/srv/large"))
except OSError as error:
    print(error.strerror, [p.name for p in Path("/mnt/blobs").rglob("*") if p.is_file()])
"""


def test_a_full_disk_leaves_nothing_behind_and_is_told():
    cage = [
        "bwrap",
        "--dev-bind",
        "/",
        "/",
        "--tmpfs",
        "/srv",
        "--size",
        "1048576",
        "--tmpfs",
        "/mnt",
    ]
    here = ["--setenv", "PYTHONPATH", os.getcwd()]  # noqa: PTH109
    done = subprocess.run(
        [*cage, *here, sys.executable, "-c", FULL], capture_output=True, text=True, check=False
    )
    assert done.stdout == "No space left on device []\n", done.stderr


@pytest.mark.parametrize("odd", ["", "../../etc/passwd", "A" * 64, "a" * 63, "g" * 64])
def test_only_a_hash_names_a_blob(blobs, odd):
    with pytest.raises(ValueError, match="not a SHA-256"):
        blobs.path(odd)


def test_only_what_is_older_is_dropped(blobs, tmp_path):
    stored = []
    for text in "ab":
        (tmp_path / text).write_text(text)
        stored.append(blobs.put(tmp_path / text).sha256)
    os.utime(blobs.path(stored[0]), (0, 0))
    assert blobs.stored_before(time.time() - 60) == stored[:1]
    assert blobs.drop(stored, before=time.time() - 60) == 1
    assert [path.name for path in everything(tmp_path)] == stored[1:]


def test_what_is_stored_again_is_young_again(blobs, tmp_path):
    (tmp_path / "a").write_text("a")
    blob = blobs.put(tmp_path / "a")
    os.utime(blobs.path(blob.sha256), (0, 0))
    blobs.put(tmp_path / "a")
    assert blobs.stored_before(time.time() - 60) == []


def test_what_was_abandoned_is_tidied_up(blobs, tmp_path):
    for name, moment in (("unfinished-old", 0), ("unfinished-young", time.time())):
        abandoned = tmp_path / "blobs" / name
        abandoned.write_text("half")
        os.utime(abandoned, (moment, moment))
    assert blobs.tidy(before=time.time() - 60) == 1
    assert [path.name for path in everything(tmp_path)] == ["unfinished-young"]


def test_an_unfinished_file_is_adopted_only_where_its_bytes_are_those_awaited(blobs, tmp_path):
    wanted = hashlib.sha256(b"whole").hexdigest()
    for content, taken in ((b"who", False), (b"whole", True)):
        with blobs.unfinished() as unfinished:
            unfinished.write_bytes(content)
            assert blobs.adopt(unfinished, wanted) is taken
        assert blobs.path(wanted).is_file() is taken
    assert [path.name for path in everything(tmp_path)] == [wanted]
