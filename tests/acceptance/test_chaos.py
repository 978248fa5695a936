"""A short storm over several processes on PostgreSQL: nothing is lost and nothing done twice.

`make chaos` is the long one; tests/chaos/ is both.
"""

import asyncio
import secrets
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
SHORT = {
    "tasks": "60",
    "rate": "3",
    "serves": "2",
    "workers": "1",
    "companions": "4",
    "real-companions": "1",
    "approval-ttl": "20",
    "shortest-storm": "20",
    "fault-gap": "1.5",
    "patience": "150",
}


@pytest.mark.processes
@pytest.mark.timeout(600)
async def test_a_short_storm_loses_nothing_and_does_nothing_twice() -> None:
    seed = secrets.randbelow(10**6)
    words = [word for name, value in SHORT.items() for word in (f"--{name}", value)]
    # Behind the other tests, whose own deadlines a dozen busy processes would break.
    run = await asyncio.create_subprocess_exec(
        *("nice", "-n", "10", sys.executable, "-m", "tests.chaos", "--seed", str(seed), *words),
        cwd=HOUSE,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        told, _ = await run.communicate()
    finally:
        if run.returncode is None:
            # It ends what it started, which a kill would leave behind.
            run.terminate()
            await run.wait()
    print(told.decode())  # noqa: T201 (the tally, and the seed that repeats its schedule)
    assert run.returncode == 0, told.decode()
