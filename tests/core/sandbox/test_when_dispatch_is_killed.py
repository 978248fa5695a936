"""`kill -9` of the process that runs code, at any moment: nothing of its sandboxes stays."""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dispatch_core.sandbox import cage, lifeline
from dispatch_core.sandbox.job import Job, Language
from dispatch_core.sandbox.limits import Limits
from dispatch_core.sandbox.run import Sandbox

pytestmark = pytest.mark.processes

VICTIM = """
import asyncio, os, sys
from pathlib import Path
from dispatch_core.sandbox import cage
from dispatch_core.sandbox.handed import Handed
from dispatch_core.sandbox.job import Job, Language
from dispatch_core.sandbox.limits import Limits
from dispatch_core.sandbox.probe import probe
from dispatch_core.sandbox.run import Sandbox

def full_pipe(handed):
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while os.write(writer, b"x"): pass
    except BlockingIOError:
        os.set_blocking(writer, True)
    return handed.keep(writer)

code, folder, wrap = sys.argv[1:]
probe()
if wrap == "full":
    Handed.blank = full_pipe
elif wrap:
    cage.bwrap = lambda: wrap

async def show(text): print(text, end="", flush=True)

class Loud(Sandbox):
    async def _spawn(self):
        print("starting", flush=True)
        return await super()._spawn()

asyncio.run(Loud(Job("bash", code), Limits(600), Path(folder)).run(show))
"""
STUBBORN = {
    "it sleeps": "echo begun; exec sleep 600",
    "it ignores signals": "trap '' TERM INT HUP; echo begun; while :; do sleep 600; done",
    "a daemon of it": "(trap '' HUP TERM; setsid bash -c 'echo begun; sleep 600' &); sleep 600",
}
UNFILTERED_UNTIL_TOLD = """
import ctypes, struct
print("here", flush=True)
input()
allow = ctypes.create_string_buffer(struct.pack("=HBBI", 6, 0, 0, 0x7FFF0000))
filter = ctypes.create_string_buffer(struct.pack("@HP", 1, ctypes.addressof(allow)))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, filter) == 0
print("filtered", flush=True)
input()
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the unprivileged user, as whom a sandbox is started, can use too."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


@asynccontextmanager
async def victim(
    code: str, folder: Path, wrap: Path | str = ""
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that runs code in a sandbox; whatever the test does, it is gone afterwards."""
    words = (code, str(folder), str(wrap))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", VICTIM, *words), stdout=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def says(process: asyncio.subprocess.Process, line: str) -> None:
    assert process.stdout
    async with asyncio.timeout(60):
        while (said := await process.stdout.readline()) != f"{line}\n".encode():
            assert said, f"it ended before it said {line!r}"


async def kill(process: asyncio.subprocess.Process) -> None:
    process.kill()
    await process.wait()


def sandbox_of(owner: int) -> list[str]:
    """The names of the living processes that were started for a sandbox of this process."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            marked = f".{owner}.".encode() in _owner_in((folder / "environ").read_bytes())
            if marked and _state(folder) not in "ZX":
                found.append((folder / "comm").read_text().strip())
        except OSError:
            continue
    return found


def _wrapped(folder: Path, before: str) -> Path:
    """A bubblewrap that does something before it starts."""
    script = folder / "bwrap"
    version = '[ "$1" = --version ] && exec bwrap --version'
    script.write_text(f'#!/bin/sh\n{version}\n{before}\nexec {cage.bwrap()} "$@"\n')
    script.chmod(0o755)
    return script


def _owner_in(environment: bytes) -> bytes:
    name = f"{lifeline.OWNER}=".encode()
    return next((line for line in environment.split(b"\0") if line.startswith(name)), b"")


def _state(folder: Path) -> str:
    return (folder / "stat").read_text().rpartition(")")[2].split()[0]


async def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, what
        await asyncio.sleep(0.01)


async def nothing_stays(owner: int) -> None:
    await until(lambda: not sandbox_of(owner), f"it stays: {sandbox_of(owner)}")


@pytest.mark.parametrize("code", STUBBORN.values(), ids=STUBBORN)
async def test_in_the_middle_of_code(code: str, left: Path) -> None:
    async with victim(code, left) as process:
        await says(process, "begun")
        assert sandbox_of(process.pid)
        await kill(process)
    await nothing_stays(process.pid)


@pytest.mark.parametrize("milliseconds", [0, 2, 5, 8, 12, 16, 20, 30])
async def test_at_a_moment_of_the_start(milliseconds: int, left: Path) -> None:
    async with victim("sleep 600", left) as process:
        await says(process, "starting")
        await asyncio.sleep(milliseconds / 1000)  # the moment is what is tried
        await kill(process)
    gone_by_itself = time.monotonic() + 2
    while sandbox_of(process.pid) and time.monotonic() < gone_by_itself:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    lifeline.sweep()
    await nothing_stays(process.pid)


async def test_before_bubblewrap_tells_of_its_child(left: Path, open_folder: Path) -> None:
    here, go = open_folder / "here", open_folder / "go"
    wrap = _wrapped(open_folder, f"touch {here}; until [ -e {go} ]; do sleep 0.02; done")
    async with victim("sleep 600", left, wrap) as process:
        await until(here.exists, "bubblewrap was not started")
        await kill(process)
    assert sandbox_of(process.pid)
    go.touch()
    await nothing_stays(process.pid)


async def test_what_a_killed_bubblewrap_left_waiting_is_swept_up_at_the_next_start(
    left: Path,
) -> None:
    async with victim("sleep 600", left, "full") as process:
        await says(process, "starting")
        await until(lambda: sandbox_of(process.pid) == ["bwrap"] * 2, "it did not start")
        lifeline.sweep()
        assert sandbox_of(process.pid) == ["bwrap"] * 2
        await kill(process)
    await until(lambda: sandbox_of(process.pid) == ["bwrap"], "bubblewrap outlived its parent")
    lifeline.sweep()
    await nothing_stays(process.pid)


async def test_the_sandboxes_of_the_living_are_left_alone(left: Path) -> None:
    said = []

    async def sweep(text: str) -> None:
        lifeline.sweep()
        said.append(text)

    box = Sandbox(Job(Language.BASH, "echo one; sleep 0.5; echo two"), Limits(60), left)
    assert (await box.run(sweep)).exit_code == 0
    assert "".join(said) == "one\ntwo\n"


async def test_code_does_not_begin_before_process_one_would_die_with_bubblewrap() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", UNFILTERED_UNTIL_TOLD),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    await says(process, "here")
    tied = asyncio.create_task(lifeline.tied(process.pid))
    await asyncio.wait({tied}, timeout=0.1)
    assert not tied.done()
    assert process.stdin
    process.stdin.write(b"\n")
    await says(process, "filtered")
    await asyncio.wait_for(tied, 60)
    await kill(process)
