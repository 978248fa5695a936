"""A short storm over several processes on PostgreSQL: nothing is lost and nothing done twice.

`make chaos` is the long one; tests/chaos/ is both.
"""

import asyncio
import secrets
import sys
from pathlib import Path

import pytest

from tests.chaos.broken import BREAKAGES, STORMS
from tests.chaos.faults import DECK, schedule
from tests.chaos.options import Options
from tests.chaos.tasks import mix

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
    "patience": "240",
}


@pytest.mark.processes
@pytest.mark.timeout(900)
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


def test_a_seed_repeats_its_faults_and_its_messages() -> None:
    one, same, other = (Options(seed=seed) for seed in (7, 7, 8))
    blows, tasks = list(schedule(one)), list(mix(one.dice("tasks"), 50, 10, 5))
    assert blows == list(schedule(same)) != list(schedule(other))
    assert tasks == list(mix(same.dice("tasks"), 50, 10, 5))
    assert {blow.fault for blow in blows} == set(DECK)


def test_every_breakage_has_a_storm_that_it_would_be_met_in() -> None:
    assert STORMS.keys() == BREAKAGES.keys()
