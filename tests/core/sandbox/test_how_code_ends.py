"""However a program ends, nothing of it goes on, and what it made is there."""

import asyncio
import os
import sys
import time
import uuid
from pathlib import Path

import pytest

from dispatch_core.sandbox.job import Job, Language
from dispatch_core.sandbox.limits import Limits
from dispatch_core.sandbox.run import Sandbox


@pytest.fixture
def mark():
    """What no other process on this machine has on its command line."""
    return f"mark{uuid.uuid4().hex}"


def processes_with(mark: str) -> list[int]:
    """Which processes on this machine have the mark on their command line."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if mark.encode() in line and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def nobody_left(mark: str) -> bool:
    deadline = time.monotonic() + 60
    while processes_with(mark) and time.monotonic() < deadline:  # noqa: ASYNC110 (foreign processes)
        await asyncio.sleep(0.02)
    return not processes_with(mark)


async def test_a_daemon_is_gone_with_the_program(run, mark):
    code = (
        "import os, subprocess\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        f"        os.execlp('bash', '{mark}', '-c', 'sleep 300; :')\n"
        "    os._exit(0)\n"
        "os.wait(); print('left')"
    )
    outcome = await run(code)
    assert (outcome.output, outcome.ending) == ("left\n", "exited")
    assert await nobody_left(mark)


async def test_a_program_that_closes_its_output_is_still_waited_for(run):
    code = (
        "import os, time\nos.close(1); os.close(2); time.sleep(0.5); open('late', 'w').write('x')"
    )
    outcome = await run(code)
    assert [file.name for file in outcome.files] == ["late"]


async def test_a_program_can_not_end_the_cage_around_it(run):
    outcome = await run("kill -9 1; kill -9 -1 2>/dev/null; echo still here", "bash")
    assert (outcome.ending, outcome.output) == ("exited", "still here\n")


async def test_cancel_kills_the_tree_and_keeps_output_and_files(left, mark):
    code = (
        f"echo -n a > half.csv; (exec -a {mark} sleep 300) & echo begun; exec -a {mark} sleep 300"
    )
    begun = asyncio.Event()

    async def show(_text: str) -> None:
        begun.set()

    box = Sandbox(Job(Language.BASH, code), Limits(600), left)
    task = asyncio.create_task(box.run(show))
    await asyncio.wait_for(begun.wait(), 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert box.outcome is not None
    assert (box.outcome.ending, box.outcome.output) == ("stopped", "begun\n")
    assert [file.path.read_text() for file in box.outcome.files] == ["a"]
    assert await nobody_left(mark)


@pytest.mark.parametrize("seconds", [0, 0.002, 0.003, 0.004, 0.006, 0.008, 0.015, 0.03])
async def test_a_cancel_at_any_moment_of_the_start_leaves_nothing(left, mark, seconds):
    before = open_descriptors()
    box = Sandbox(Job(Language.BASH, f"exec -a {mark} sleep 300"), Limits(60), left)
    task = asyncio.create_task(box.run(_ignore))
    await asyncio.wait({task}, timeout=seconds)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 60)
    assert await nobody_left(mark)
    assert open_descriptors() <= before + 1  # the loop's own watcher may have come


@pytest.mark.processes
async def test_where_dispatch_itself_is_killed_nothing_goes_on(tmp_path, mark):
    program = (
        "import asyncio, sys; from pathlib import Path\n"
        "from dispatch_core.sandbox.job import Job, Language\n"
        "from dispatch_core.sandbox.limits import Limits\n"
        "from dispatch_core.sandbox.run import Sandbox\n"
        "async def show(text): print(text, flush=True)\n"
        f"job = Job(Language.BASH, 'echo begun; exec -a {mark[:4]}"
        "{mark[4:]} sleep 300')\n"
        "asyncio.run(Sandbox(job, Limits(60), Path(sys.argv[1])).run(show))"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout
    assert await asyncio.wait_for(parent.stdout.readline(), 60) == b"begun\n"
    parent.kill()
    await parent.wait()
    assert await nobody_left(mark)


async def test_output_is_shown_while_the_program_runs(left):
    shown: asyncio.Queue[str] = asyncio.Queue()
    code = "import time\nprint('begun'); time.sleep(600)"
    box = Sandbox(Job(Language.PYTHON, code), Limits(600), left)
    task = asyncio.create_task(box.run(shown.put))
    seen = ""  # an unbuffered print writes its line's end by itself
    while seen != "begun\n":
        seen += await asyncio.wait_for(shown.get(), 60)
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_where_showing_fails_the_program_is_ended_and_the_fault_is_told(left):
    async def fail(_text: str) -> None:
        raise ConnectionError("nobody listens")

    code = "import time\nprint('x' * 200_000)\ntime.sleep(300)"
    with pytest.raises(ConnectionError):
        await Sandbox(Job(Language.PYTHON, code), Limits(600), left).run(fail)


async def test_no_descriptor_is_left_open(run):
    await run("print(1)")
    before = open_descriptors()
    for _ in range(3):
        await run("print(1)")
    assert open_descriptors() <= before


async def test_many_cages_stand_side_by_side(tmp_path):
    async def one(number: int) -> str:
        folder = tmp_path / str(number)
        folder.mkdir()
        box = Sandbox(Job(Language.BASH, f"echo {number}"), Limits(120), folder)
        return (await box.run(_ignore)).output

    assert await asyncio.gather(*map(one, range(6))) == [f"{n}\n" for n in range(6)]


async def _ignore(_text: str) -> None:
    return None
