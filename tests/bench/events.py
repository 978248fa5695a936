"""200 events a second for a minute through Socket Mode on one `dispatch serve`: is any lost?"""

import asyncio
import random
import sqlite3
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bot.local_workspace.workspace import LocalWorkspace
from tests.acceptance.processes import Server
from tests.bench.acknowledgement import CHANNELS, Timed, environment_of, free_port, new_workspace
from tests.bench.places import Places
from tests.bench.progress import say
from tests.bench.sizes import Sizes
from tests.bench.tables import percentile, table

SETTLE_SECONDS = 120.0
LOOK_SECONDS = 0.2
MEGABYTE = 1024 * 1024


@dataclass
class Storm:
    """What was sent, what came of it, and what it cost."""

    sent: int = 0
    late: float = 0.0
    """Seconds that the last event was behind its time: a sender that can't keep up shows here."""
    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    completed: int = 0
    runs: int = 0
    settled: float = 0.0
    memory: list[float] = field(default_factory=list)
    """Megabytes of `dispatch serve` before, at the end of the events, and when all had ended."""


def measure(_places: Places, sizes: Sizes) -> str:
    """A table of one column."""
    storm = asyncio.run(_weather(sizes))
    before, after, settled = storm.memory
    rows = [
        ["events sent", f"{storm.sent} in {sizes.event_seconds:.0f} s"],
        ["the sender was late at the end by", f"{storm.late * 1e3:.0f} ms"],
        ["not acknowledged within Slack's 3 s", str(storm.refused)],
        ["runs made of them", f"{storm.runs} (lost: {storm.sent - storm.runs})"],
        ["runs completed", f"{storm.completed}, {storm.settled:.1f} s after the last event"],
        *(
            [f"acknowledgement, {name}", f"{percentile(storm.seconds, share) * 1e3:.1f} ms"]
            for name, share in (("median", 0.5), ("95th", 0.95), ("99th percentile", 0.99))
        ),
        ["slowest acknowledgement", f"{max(storm.seconds) * 1e3:.0f} ms"],
        [
            "memory of `dispatch serve`",
            f"{before:.0f} MB before, {after:.0f} MB at the last event, {settled:.0f} MB once all "
            "runs had ended",
        ],
    ]
    return table(["what", "measured"], rows)


async def _weather(sizes: Sizes) -> Storm:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        workspace = await stack.enter_async_context(new_workspace())
        server = Server(folder / "dispatch", free_port(), environment_of(workspace))
        stack.push_async_callback(server.stop)
        await server.serve()
        timed = Timed(workspace.slack.outbound.carrier)
        workspace.slack.outbound.carrier = timed
        process = _process_of(folder / "dispatch")
        for user, channel in CHANNELS:
            await workspace.say(user, channel, "hello")
        await workspace.slack.outbound.quiet()
        timed.seconds.clear()
        storm = Storm(memory=[process.memory_info().rss / MEGABYTE])
        await _send(workspace, sizes, storm)
        storm.memory.append(process.memory_info().rss / MEGABYTE)
        await _settle(folder / "dispatch/dispatch.db", storm)
        storm.memory.append(process.memory_info().rss / MEGABYTE)
        storm.seconds, storm.refused = list(timed.seconds), timed.refused
        return storm


async def _send(workspace: LocalWorkspace, sizes: Sizes, storm: Storm) -> None:
    count = int(sizes.event_seconds * sizes.events_a_second)
    begun = time.monotonic()
    for number in range(count):
        due = begun + number / sizes.events_a_second
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        user, channel = random.choice(CHANNELS)  # noqa: S311 (no secret)
        await workspace.say(user, channel, f"hello {number}")
        storm.sent += 1
        storm.late = time.monotonic() - due
        if number % (10 * sizes.events_a_second) == 0:
            say(f"  event {number} of {count}, {storm.late * 1e3:.0f} ms late")


async def _settle(database: Path, storm: Storm) -> None:
    """Wait until every run of the storm has ended, or for SETTLE_SECONDS."""
    begun = time.monotonic()
    asked = "SELECT count(*), sum(status = 'completed') FROM run WHERE request <> 'hello'"
    with sqlite3.connect(database) as rows:
        while time.monotonic() < begun + SETTLE_SECONDS:
            storm.runs, storm.completed = rows.execute(asked).fetchone()
            if storm.completed == storm.sent:
                break
            await asyncio.sleep(LOOK_SECONDS)
    storm.settled = time.monotonic() - begun


def _process_of(home: Path) -> psutil.Process:
    """The `dispatch serve` whose home this is."""
    for child in psutil.Process().children(recursive=True):
        if child.environ().get("DISPATCH_HOME") == str(home):
            return child
    raise AssertionError(f"no process serves {home}")
