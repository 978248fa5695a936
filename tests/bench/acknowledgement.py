"""Time from an event on the socket to its acknowledgement: Dispatch against a bare Bolt app.

Both are processes of their own, each with a local workspace of its own, and take turns at random:
one message, its acknowledgement, and for Dispatch its run's end, before the next.
"""

import random
import socket
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bot.local_workspace.delivery import Carrier, Kind, Parcel
from bot.local_workspace.json_text import Json
from bot.local_workspace.pace import Pace
from bot.local_workspace.workspace import LocalWorkspace
from tests.acceptance.driver import Message, eventually
from tests.acceptance.local_slack import MANIFEST
from tests.acceptance.processes import Process, Server

ROUNDS = 80
WARM_UP = 10
CHANNELS = (("U0ADA", "D0ADA"), ("U0GRACE", "D0GRACE"))


class Timed:
    """A way to the app that notes how long each event waited for its acknowledgement."""

    def __init__(self, inner: Carrier) -> None:
        self._inner = inner
        self.seconds: list[float] = []

    @property
    def connected(self) -> bool:
        return self._inner.connected

    async def ready(self) -> None:
        await self._inner.ready()

    async def send(self, parcel: Parcel) -> Json:
        sent = time.perf_counter()
        answer = await self._inner.send(parcel)
        if parcel.kind is Kind.EVENT:
            self.seconds.append(time.perf_counter() - sent)
        return answer


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


async def measure() -> dict[str, list[float]]:
    """Seconds of each acknowledgement, after the warm-up, by app."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        bare = await stack.enter_async_context(_bare(folder))
        dispatch = await stack.enter_async_context(_dispatch(folder))
        for number in range(WARM_UP + ROUNDS):
            peers = [bare, dispatch]
            random.shuffle(peers)
            for peer in peers:
                await peer.message(number)
        return {
            "bare Bolt app": bare.timed.seconds[-ROUNDS:],
            "Dispatch": dispatch.timed.seconds[-ROUNDS:],
        }


@asynccontextmanager
async def _workspace() -> AsyncIterator[LocalWorkspace]:
    workspace = LocalWorkspace(MANIFEST, pace=Pace(rate_limits=False))
    await workspace.start(port=0)
    try:
        yield workspace
    finally:
        await workspace.stop()


def _environment(workspace: LocalWorkspace) -> dict[str, str]:
    return {
        "SLACK_API_URL": workspace.api_url,
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
    }


@asynccontextmanager
async def _bare(folder: Path) -> AsyncIterator[Peer]:
    async with _workspace() as workspace:
        root = str(MANIFEST.parent)
        environment = _environment(workspace) | {"PYTHONPATH": root}
        process = Process(folder / "bare.log", folder, environment)
        await process.start("tests.bench.bare_app")
        try:
            await eventually(lambda: _connected(workspace), "the bare app to connect")
            yield Peer(workspace, answers=False)
        finally:
            await process.stop()


@asynccontextmanager
async def _dispatch(folder: Path) -> AsyncIterator[Peer]:
    async with _workspace() as workspace:
        server = Server(folder / "dispatch", _free_port(), _environment(workspace))
        try:
            await server.serve()
            yield Peer(workspace, answers=True)
        finally:
            await server.stop()


async def _connected(workspace: LocalWorkspace) -> bool:
    return workspace.slack.outbound.carrier.connected


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
