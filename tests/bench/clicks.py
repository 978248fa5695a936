"""From a click on Approve to the device's step: block_actions on the socket until a stand-in
device, waiting in a real long poll, has the step in hand.
"""

import asyncio
import random
import re
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from threading import Event, Thread

from bot.local_workspace.directory import BOT_USER
from bot.local_workspace.workspace import LocalWorkspace
from device_agent.client import Client
from device_agent.errors import CoreAway
from device_agent.identity import Identity
from dispatch_core.abilities import Capabilities, Permissions
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import PairRequest, StepQuestion, StepResult
from tests.acceptance.driver import Message, labelled
from tests.acceptance.processes import Server
from tests.bench.acknowledgement import Timed, environment_of, free_port, new_workspace
from tests.bench.looking import ASKS
from tests.bench.places import Places
from tests.bench.progress import say
from tests.bench.sizes import Sizes
from tests.bench.tables import PERCENTILES, milliseconds, table

ADA, HER_CHANNEL = "U0ADA", "D0ADA"
# Each channel takes about a post a second, so that several bring approvals faster.
PLACES = ((HER_CHANNEL, ""), ("C0GENERAL", f"<@{BOT_USER}> "), ("C0OPS", f"<@{BOT_USER}> "))
PAIR_COMMAND = re.compile(r"dispatch-device pair (\S+) ([A-Z2-9]{8})")
PATIENCE_SECONDS = 30.0
PAUSE_SECONDS = (0.1, 0.2)


class StandIn:
    """A device that has every step in hand at once and calls it done."""

    def __init__(self) -> None:
        self._identity = Identity.new()
        self._client: Client | None = None
        self._ended = Event()
        self._thread = Thread(target=self._work, daemon=True)
        self.orders: asyncio.Queue[float] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()

    def pair(self, url: str, code: str) -> None:
        """Redeem a code and go to work."""
        request = PairRequest(
            code=code,
            public_key=self._identity.public_text,
            name="stand-in",
            platform="Linux",
            capabilities=Capabilities(shell=True),
            permissions=Permissions(shell=True),
        )
        paired = Client(url, self._identity).pair(request)
        self._client = Client(url, self._identity, paired.device_id)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()

    def _work(self) -> None:
        assert self._client is not None
        while not self._ended.is_set():
            try:
                work = self._client.claim()
                at = time.perf_counter()
                if isinstance(work, StepQuestion):
                    self._client.prepared(work.step_id, ASKS)
                elif work is not None:
                    self._loop.call_soon_threadsafe(self.orders.put_nowait, at)
                    self._client.end(work.step_id, StepResult(status=StepStatus.DONE))
            except CoreAway:
                # The server is stopped while a poll waits: that is how each measurement ends.
                self._ended.wait(0.1)


class Stage:
    """A served workspace with the stand-in paired."""

    def __init__(self, workspace: LocalWorkspace, timed: Timed, device: StandIn) -> None:
        self.workspace = workspace
        self._timed = timed
        self._device = device
        self._turn = asyncio.Lock()
        self.seconds: list[float] = []

    async def pair(self) -> None:
        """As a person does: /devices pair, and its code typed on the device."""
        await self.workspace.command(ADA, HER_CHANNEL, "/devices", "pair")
        told = await self._sees(HER_CHANNEL, lambda m: PAIR_COMMAND.search(m.words))
        found = PAIR_COMMAND.search(told.words)
        assert found is not None
        await asyncio.to_thread(self._device.pair, found[1], found[2])

    async def click_many(self, channel: str, mention: str, count: int) -> None:
        """Bring up one approval after the other in a channel and click each."""
        for _ in range(count):
            ts = await self.workspace.say(ADA, channel, f"{mention}$ true")
            card = await self._sees(
                channel, lambda m, ts=ts: m.raw.get("thread_ts") == ts and _approve(m)
            )
            async with self._turn:
                await asyncio.sleep(random.uniform(*PAUSE_SECONDS))  # noqa: S311 (no secret)
                await self._click(channel, card)

    async def _click(self, channel: str, card: Message) -> None:
        assert self._device.orders.empty()
        await self.workspace.click(ADA, channel, card.ts, _approve(card))
        at = await asyncio.wait_for(self._device.orders.get(), PATIENCE_SECONDS)
        self.seconds.append(at - self._timed.clicked_at)

    async def _sees(self, channel: str, sign: object) -> Message:
        assert callable(sign)
        found: list[Message] = []

        def look() -> bool:
            shown = (Message(raw) for raw in self.workspace.messages(channel, ADA))
            found[:] = [message for message in shown if sign(message)]
            return bool(found)

        await self.workspace.wait_until(look, PATIENCE_SECONDS)
        return found[-1]


def _approve(message: Message) -> str:
    """The action of its Approve button, or "" where it has none."""
    named = (button for button in message.buttons if labelled(button) == "Approve")
    return next((str(button["action_id"]) for button in named), "")


def measure(_places: Places, sizes: Sizes) -> str:
    """A table of percentiles."""
    seconds = asyncio.run(_measured(sizes.clicks))
    return table(["from the click to", *PERCENTILES], [["the step on the device", *seconds]])


async def _measured(clicks: int) -> list[str]:
    async with _stage() as stage:
        await stage.pair()
        await stage.click_many(HER_CHANNEL, "", 2)
        stage.seconds.clear()
        share = -(-clicks // len(PLACES))
        async with asyncio.TaskGroup() as group:
            for channel, mention in PLACES:
                group.create_task(stage.click_many(channel, mention, share))
        say(f"  {len(stage.seconds)} clicks")
        return milliseconds(stage.seconds)


@asynccontextmanager
async def _stage() -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        workspace = await stack.enter_async_context(new_workspace())
        server = Server(folder / "dispatch", free_port(), environment_of(workspace))
        stack.push_async_callback(server.stop)
        await server.serve()
        timed = Timed(workspace.slack.outbound.carrier)
        workspace.slack.outbound.carrier = timed
        device = StandIn()
        stack.callback(device.stop)
        yield Stage(workspace, timed, device)
