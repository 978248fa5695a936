"""Paths that are swapped for a way out, again and again, while the tools work on them."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from device_agent.paths import beneath
from tests.device_agent.files.attacks import PLANTED, World, attempt
from tests.device_agent.waiting import PATIENCE

SECONDS = 1.0
# Swaps two names for as long as its standard input is open, and says that it has begun.
SWAPPER = """
import ctypes, os, select, sys
libc = ctypes.CDLL(None)
one, other = (os.fsencode(name) for name in sys.argv[1:])
sys.stdout.write("begun")
sys.stdout.flush()
while not select.select([sys.stdin], [], [], 0)[0]:
    for _ in range(50):
        if libc.renameat2(-100, one, -100, other, 2) != 0:
            raise SystemExit("no swapping here")
"""


@contextmanager
def swapping(one: Path, other: Path) -> Iterator["subprocess.Popen[bytes]"]:
    swapper = subprocess.Popen(
        [sys.executable, "-c", SWAPPER, str(one), str(other)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert swapper.stdout is not None
        assert swapper.stdout.read(5) == b"begun"
        yield swapper
    finally:
        swapper.communicate(timeout=PATIENCE)
    assert swapper.returncode == 0


def folder_for_link(world: World) -> tuple[Path, Path, str]:
    (world.shared / "trap").symlink_to(world.outside)
    return world.shared / "sub", world.shared / "trap", "sub/deep.txt"


def file_for_link(world: World) -> tuple[Path, Path, str]:
    (world.shared / "trap").symlink_to(world.outside / "deep.txt")
    return world.shared / "sub" / "deep.txt", world.shared / "trap", "sub/deep.txt"


def walked_for_link(world: World) -> tuple[Path, Path, str]:
    """The folder that is swapped lies below the one that a walk begins in."""
    (world.shared / "trap").symlink_to(world.outside)
    for number in range(20):
        (world.shared / f"a{number}").mkdir()
    return world.shared / "sub", world.shared / "trap", "."


def file_for_companion(world: World) -> tuple[Path, Path, str]:
    """The companion's own home is moved away under it, which knew it when it began."""
    assert world.folders
    return world.shared / "sub", world.private, "sub/deep.txt"


@pytest.mark.skipif(sys.platform != "linux", reason="swaps by renameat2")
@pytest.mark.parametrize("way", ["openat2", "walk"])
@pytest.mark.parametrize(
    "arrange", [folder_for_link, file_for_link, walked_for_link, file_for_companion]
)
def test_no_swap_while_the_tools_work_leads_out(
    way: str, arrange: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(arrange)
    world = World(tmp_path)
    one, other, path = arrange(world)
    if way == "walk":
        monkeypatch.setattr(beneath, "_openat2", no_openat2)
    before = sorted(world.beyond().values())
    done: set[str] = set()
    with swapping(one, other) as swapper:
        began = time.monotonic()
        # The tools get through now and then, or this would show nothing.
        while (lasted := time.monotonic() - began) < SECONDS or (not done and lasted < PATIENCE):
            loot = attempt(world, path)
            assert not loot.has_secret(), loot.seen
            done |= loot.done
        assert swapper.poll() is None
    assert done
    if arrange is file_for_companion:
        # The swap itself moved the companion's home; its files are as they were all the same.
        assert before == sorted(beyond_moved(world))
    else:
        assert before == sorted(world.beyond().values())


def no_openat2(*_: object) -> int:
    raise NotImplementedError


def beyond_moved(world: World) -> list[bytes]:
    """The bytes beyond, wherever the companion's home was left."""
    home = world.private if (world.private / "identity.key").exists() else world.shared / "sub"
    roots = (world.outside, world.base / "shared-too", home)
    found = [path for root in roots for path in root.rglob("*")]
    return [path.read_bytes() if path.is_file() else b"" for path in found]


def test_of_two_who_write_at_once_one_is_told_that_it_changed(tmp_path: Path) -> None:
    """Each prepares what it saw and writes it: whatever the order, no write is lost unseen."""
    world = World(tmp_path)
    path = world.shared / "notes.txt"
    ended = threading.Event()

    def other() -> None:
        while not ended.is_set():
            path.write_text("others' words")

    writer = threading.Thread(target=other)
    writer.start()
    try:
        for _ in range(50):
            attempt(world, "notes.txt", ("write",))
            assert path.read_text() in ("others' words", PLANTED, "")
    finally:
        ended.set()
        writer.join()
    assert sorted(each.name for each in world.shared.iterdir()) == [
        ".companion",
        "notes.txt",
        "sub",
    ]
