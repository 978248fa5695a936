"""How a process ends that is told to: tidied up, or soon."""

import asyncio
import os
import signal
import sys

import pytest

from tests.bot.listeners.desk import MANIFEST

pytestmark = pytest.mark.processes

HANGS = """
import asyncio, logging, time
from bot.commands import running

running.LAST_SECONDS = 0.5
logging.basicConfig()

async def hang():
    try:
        print("ready", flush=True)
        await asyncio.Event().wait()
    finally:
        # A thread that nothing ends, as one that waits for a database which swallows packets.
        await asyncio.to_thread(time.sleep, 600)

running.run(hang())
"""


async def test_a_clean_up_that_hangs_does_not_keep_the_process() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HANGS),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(MANIFEST.parent)},
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGTERM)
    _, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    assert b"the next start does the rest" in err
    assert b"Traceback" not in err
