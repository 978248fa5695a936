"""Time from an event on the socket to its acknowledgement: Dispatch against a bare Bolt app.

Both are processes of their own, each with a local workspace of its own, and take turns at random:
one message, its acknowledgement, and for Dispatch its run's end, before the next. Only the
person's message counts: an app is also told of its own posts, which Dispatch passes over.
"""

import asyncio
import random
import socket
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bot.local_workspace.delivery import Carrier, Kind, NotAcknowledged, Parcel
from bot.local_workspace.json_text import Json
from bot.local_workspace.pace import Pace
from bot.local_workspace.workspace import LocalWorkspace
from tests.acceptance.driver import Message, eventually
from tests.acceptance.local_slack import MANIFEST
from tests.acceptance.processes import Process, Server
from tests.bench.places import Places
from tests.bench.progress import say
from tests.bench.sizes import Sizes
from tests.bench.tables import PERCENTILES, milliseconds, table

WARM_UP = 15
BLOCKS = 5
BARE = "bare Bolt app"
CHANNELS = (("U0ADA", "D0ADA"), ("U0GRACE", "D0GRACE"))


class Timed:
    """A way to the app that notes how long each of a person's messages and clicks waited."""

    def __init__(self, inner: Carrier) -> None:
        self._inner = inner
        self.seconds: list[float] = []
        self.refused = 0
        self.clicked_at = 0.0
        """When the last click went out on the socket."""

    @property
    def connected(self) -> bool:
        return self._inner.connected

    async def ready(self) -> None:
        await self._inner.ready()

    async def send(self, parcel: Parcel) -> Json:
        sent = time.perf_counter()
        if parcel.kind is Kind.INTERACTIVE:
            self.clicked_at = sent
        try:
            answer = await self._inner.send(parcel)
        except NotAcknowledged:
            self.refused += _is_of_a_person(parcel)
            raise
        if _is_of_a_person(parcel):
            self.seconds.append(time.perf_counter() - sent)
        return answer


def _is_of_a_person(parcel: Parcel) -> bool:
    event = parcel.payload.get("event") or {}
    own = "bot_id" in event or "subtype" in event
    return parcel.kind is Kind.EVENT and event.get("type") == "message" and not own


class Peer:
    """A workspace with an app connected to it."""

    def __init__(self, workspace: LocalWorkspace, answers: bool) -> None:
        self.workspace = workspace
        self.timed = Timed(workspace.slack.outbound.carrier)
        workspace.slack.outbound.carrier = self.timed
        self._answers = answers

    async def message(self, number: int) -> None:
        """Send one message and wait until all is quiet again."""
        user, channel = CHANNELS[number % len(CHANNELS)]
        ts = await self.workspace.say(user, channel, f"hello {number}")
        await self.workspace.slack.outbound.quiet()
        if self._answers:
            await self.workspace.wait_until(lambda: self._done(channel, ts), 30)

    def _done(self, channel: str, ts: str) -> bool:
        thread = self.workspace.thread(channel, ts)
        return any("completed" in Message(raw).words for raw in thread)


def measure(_places: Places, sizes: Sizes) -> str:
    """A table of percentiles, with the ratio of the medians and how it varied."""
    seconds = asyncio.run(_measured(sizes.acknowledgements))
    rows = [
        [name, *milliseconds(each), f"{_ratio(each, seconds[BARE]):.2f}", _spread(each, seconds)]
        for name, each in seconds.items()
    ]
    head = ["app", *PERCENTILES, "ratio of medians", f"the ratio in each of {BLOCKS} parts"]
    return table(head, rows)


def _ratio(each: list[float], bare: list[float]) -> float:
    return statistics.median(each) / statistics.median(bare)


def _spread(each: list[float], seconds: dict[str, list[float]]) -> str:
    size = max(1, len(each) // BLOCKS)
    starts = range(0, size * BLOCKS, size)
    parts = [(each[n : n + size], seconds[BARE][n : n + size]) for n in starts if each[n:]]
    ratios = [_ratio(*part) for part in parts]
    return f"{min(ratios):.2f} to {max(ratios):.2f}"


async def _measured(rounds: int) -> dict[str, list[float]]:
    """Seconds of each acknowledgement, after the warm-up, by app."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        peers = {
            BARE: await stack.enter_async_context(_bare(folder / "bare")),
            "the same, and one row committed": await stack.enter_async_context(
                _bare(folder / "row", str(folder / "row.db"))
            ),
            "Dispatch, SQLite": await stack.enter_async_context(_dispatch(folder)),
        }
        for number in range(WARM_UP + rounds):
            for name in random.sample(list(peers), k=len(peers)):
                await peers[name].message(number)
            if number % 50 == 0:
                say(f"  message {number} of {WARM_UP + rounds}")
        return {name: peer.timed.seconds[-rounds:] for name, peer in peers.items()}


@asynccontextmanager
async def new_workspace() -> AsyncIterator[LocalWorkspace]:
    workspace = LocalWorkspace(MANIFEST, pace=Pace(rate_limits=False))
    await workspace.start(port=0)
    try:
        yield workspace
    finally:
        await workspace.stop()


def environment_of(workspace: LocalWorkspace) -> dict[str, str]:
    return {
        "SLACK_API_URL": workspace.api_url,
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "PYTHONPATH": str(MANIFEST.parent),
    }


@asynccontextmanager
async def _bare(name: Path, *words: str) -> AsyncIterator[Peer]:
    async with new_workspace() as workspace:
        process = Process(name.with_suffix(".log"), name.parent, environment_of(workspace))
        await process.start("tests.bench.bare_app", *words)
        try:
            await eventually(lambda: connected(workspace), "the bare app to connect")
            yield Peer(workspace, answers=False)
        finally:
            await process.stop()


@asynccontextmanager
async def _dispatch(folder: Path) -> AsyncIterator[Peer]:
    async with new_workspace() as workspace:
        server = Server(folder / "dispatch", free_port(), environment_of(workspace))
        try:
            await server.serve()
            yield Peer(workspace, answers=True)
        finally:
            await server.stop()


async def connected(workspace: LocalWorkspace) -> bool:
    return workspace.slack.outbound.carrier.connected


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
