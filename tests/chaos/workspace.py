"""The local workspace as the scene's Slack: with many people, by dice unreliable, and observed."""

import asyncio
import contextlib
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.local_workspace.delivery import Carrier, Kind, NotAcknowledged, Parcel
from bot.local_workspace.directory import BOT_USER, Channel, Person
from bot.local_workspace.json_text import Json
from bot.local_workspace.pace import Pace
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.workspace import LocalWorkspace
from tests.acceptance.driver import eventually

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
CODE = re.compile(r"dispatch-device pair \S+ ([A-Z2-9]{8})")
CHANNELS = 40
APPROVERS = ("U0APPRA", "U0APPRB", "U0APPRC")
# Slack gives up after three retries; here it is patient, so that each message is owed an end.
REDELIVERY = (0.5, 1.0, 2.0, 3.0) + (4.0,) * 200
# Later than the bot's own limit for a call (15 s), so that the call times out after its work.
SLOW_SECONDS = 16.0
LATEST_COPY = 20.0

Seen = Callable[[str, Json], None]


@dataclass
class Postman:
    """The way to the app: notes what was acknowledged, brings copies, and loses some answers."""

    carrier: Carrier
    dice: random.Random
    copies: float = 0.0
    lost: float = 0.0
    acknowledged: dict[tuple[str, str], int] = field(default_factory=dict)
    delivered: int = 0
    repeated: int = 0
    unheard: int = 0
    _later: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def connected(self) -> bool:
        return self.carrier.connected

    async def ready(self) -> None:
        await self.carrier.ready()

    @property
    def busy(self) -> bool:
        """Whether copies are still under way."""
        return bool(self._later)

    async def send(self, parcel: Parcel) -> Json:
        """Deliver; an event may come again although it was acknowledged."""
        answer = await self.carrier.send(parcel)
        if parcel.kind is not Kind.EVENT:
            return answer
        self.delivered += 1
        while self.dice.random() < self.copies:
            self._keep(asyncio.create_task(self._again(parcel)))
        if self.dice.random() < self.lost:
            self.unheard += 1
            raise NotAcknowledged("timeout")
        self._note(parcel.payload["event"])
        return answer

    async def close(self) -> None:
        """Bring no more copies."""
        for task in list(self._later):
            task.cancel()
        await asyncio.gather(*self._later, return_exceptions=True)

    async def _again(self, parcel: Parcel) -> None:
        await asyncio.sleep(self.dice.uniform(0, 1) ** 3 * LATEST_COPY)
        await self.carrier.ready()
        self.repeated += 1
        try:
            await self.carrier.send(parcel)
        except NotAcknowledged:
            return

    def _keep(self, task: "asyncio.Task[None]") -> None:
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    def _note(self, event: Json) -> None:
        if event.get("type") in ("message", "app_mention") and "ts" in event:
            key = (str(event["channel"]), str(event["ts"]))
            self.acknowledged[key] = self.acknowledged.get(key, 0) + 1


class Workspace:
    """A LocalWorkspace whose every call may meet trouble; `chances` says how likely each is."""

    def __init__(self, dice: random.Random, people: int) -> None:
        pace = Pace(redelivery=REDELIVERY, slow=SLOW_SECONDS, rate_limits=False)
        self.local = LocalWorkspace(MANIFEST, pace=pace)
        self.dice = dice
        self.chances: dict[str, float] = {}
        self.met: dict[str, int] = {}
        self.people = tuple(f"U0P{number:02}" for number in range(people))
        self.channels = tuple(f"C0T{number:02}" for number in range(CHANNELS))
        self.postman = Postman(self.local.slack.sockets, dice)
        self._observers: list[Seen] = []
        self._fill()
        self.local.slack.outbound.carrier = self.postman
        self.local.faults.on = self._meets  # type: ignore[method-assign]
        self._observe()

    def observe(self, seen: Seen) -> None:
        """Be told of every message of the bot, whenever it is posted or changed."""
        self._observers.append(seen)

    def calm(self) -> None:
        """No more trouble of any kind."""
        self.chances.clear()
        self.postman.copies = self.postman.lost = 0.0

    @property
    def busy(self) -> bool:
        """Whether an event is still under way to the app."""
        return self.postman.busy or bool(self.local.slack.outbound._tasks)

    def by_bot(self, channel: str) -> list[Json]:
        """The bot's messages of a channel, oldest first."""
        found = self.local.slack.messages.in_channel(channel)
        return [one for one in found if one.get("user") == BOT_USER]

    def told(self, channel: str, user: str) -> list[Json]:
        """What only this person sees in a channel."""
        every = self.local.messages(channel, user)
        return [one for one in every if one.get("is_ephemeral")]

    def direct(self, user: str) -> str:
        """The channel of a person's direct messages with the bot."""
        return f"D{user[1:]}"

    async def pairing_code(self, user: str) -> str:
        """Ask for a code as this person; again, as people do, where a server was too slow."""
        channel, answered = self.direct(user), False

        async def look() -> re.Match[str] | None:
            nonlocal answered
            with contextlib.suppress(Refusal):
                if not answered:
                    await self.local.command(user, channel, "/devices", "pair")
                    answered = True
            return CODE.search(str(self.local.messages(channel, user)))

        return (await eventually(look, f"a pairing code for {user}"))[1]

    def _fill(self) -> None:
        directory = self.local.slack.directory
        for number, user in enumerate((*self.people, *APPROVERS)):
            name, channel = f"person{number:02}", self.direct(user)
            directory.people[user] = Person(user, name, name.title(), "", "9f69e7", channel)
            directory.channels[channel] = Channel(channel, name, user=user)
        for channel in self.channels:
            directory.channels[channel] = Channel(channel, channel.lower())

    def _meets(self, fault: str) -> bool:
        if self.dice.random() >= self.chances.get(fault, 0.0):
            return False
        self.met[fault] = self.met.get(fault, 0) + 1
        return True

    def _observe(self) -> None:
        messages = self.local.slack.messages
        put = messages.put

        def observed(channel: str, message: Json) -> None:
            put(channel, message)
            if message.get("user") == BOT_USER:
                # Later, so that no fault of an observer becomes an answer to the app.
                for seen in self._observers:
                    asyncio.get_running_loop().call_soon(seen, channel, message)

        messages.put = observed  # type: ignore[method-assign]
