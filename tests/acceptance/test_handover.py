"""Two `dispatch serve` on one PostgreSQL: the one that announces is lost in the middle of it."""

import asyncio
import os
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest

from tests.acceptance.driver import Message, eventually, thread
from tests.acceptance.local_slack import PATIENT, LocalSlack, local_slack
from tests.acceptance.processes import Process, Server
from tests.core import postgres
from tests.stopwatch import stopwatch

pytestmark = pytest.mark.processes

ADA = "U0ADA"
PLACES = ("C0GENERAL", "C0OPS")
MESSAGES = 5
HANDOVER_SECONDS = 10.0


@pytest.fixture(scope="module")
def database_folder() -> Iterator[Path]:
    with postgres.server() as folder:
        yield folder


@dataclass
class Pair:
    """Two servers on one database and one Slack."""

    slack: LocalSlack
    servers: tuple[Server, Server]
    database: str

    def holder(self) -> Server | None:
        """The server that announces now."""
        with psycopg.connect(self.database.replace("+psycopg", "")) as connection:
            row = connection.execute("SELECT owner FROM lease WHERE name = 'announcer'").fetchone()
        pid = int(row[0].split(":")[1]) if row else 0
        return next((one for one in self.servers if one.alive and one.pid == pid), None)

    async def ask(self) -> dict[tuple[str, str], list[int]]:
        """Begin a thread in each place and write into all of them in turn; the sums by thread.

        Each message is taken before the next of its thread comes: two servers may take two that
        come at the same moment in any order.
        """
        asked: dict[tuple[str, str], list[int]] = {}
        roots: dict[str, str] = {}
        for number in range(MESSAGES * len(PLACES)):
            place = PLACES[number % len(PLACES)]
            said = f"{self.slack.mention} what is {number + 100} * 7?"
            ts = await self.slack.say(ADA, place, said, roots.get(place))
            asked.setdefault((place, roots.setdefault(place, ts)), []).append((number + 100) * 7)
            if place == PLACES[-1]:
                await self.slack.workspace.slack.outbound.quiet()
        return asked

    async def cards(self, place: str, ts: str) -> list[Message]:
        seen = await thread(self.slack, ADA, place, ts)
        return [message for message in seen if "asked by" in message.words]


@asynccontextmanager
async def two_servers(
    tmp_path: Path, database_folder: Path, ports: tuple[int, int]
) -> AsyncIterator[Pair]:
    database = postgres.new_database(database_folder)
    async with local_slack(0, pace=replace(PATIENT, redelivery=(0.2,) * 40)) as slack:
        shared = {**slack.environment(), "DISPATCH_DATABASE_URL": database, "DISPATCH_LEASE": "2"}
        upgrade = Process(tmp_path / "upgrade.log", tmp_path, shared)
        await upgrade.start("bot", "db", "upgrade")
        assert await upgrade.ended() == 0, upgrade.words()
        one, other = (
            Server(tmp_path / f"server-{number}", port, shared) for number, port in enumerate(ports)
        )
        try:
            await asyncio.gather(one.serve(), other.serve())
            yield Pair(slack, (one, other), database)
        finally:
            await asyncio.gather(one.stop(), other.stop())


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "suspended"])
async def test_the_other_goes_on_and_every_thread_is_whole(
    how: signal.Signals, tmp_path: Path, database_folder: Path, free_port: Callable[[], int]
) -> None:
    async with two_servers(tmp_path, database_folder, (free_port(), free_port())) as pair:
        asked = await pair.ask()

        async def begun() -> Server | None:
            cards = [card for place, ts in asked for card in await pair.cards(place, ts)]
            return pair.holder() if len(cards) > len(PLACES) else None

        first = await eventually(begun, "the stream of cards")
        heir = next(one for one in pair.servers if one is not first)

        async def taken_over() -> bool:
            return pair.holder() is heir

        with stopwatch() as watch:
            os.kill(first.pid, how)
            await eventually(taken_over, "the handover", watched=heir.failure)
        took = f"{watch.seconds:.1f} s, and {watch.stalled:.1f} s of a stalled machine"
        print(f"\n{how.name}: another process announced after {took}")  # noqa: T201 (told)
        assert watch.seconds < HANDOVER_SECONDS
        if how is signal.SIGSTOP:
            os.kill(first.pid, signal.SIGCONT)

        async def all_shown() -> bool:
            seen = [card for place, ts in asked for card in await pair.cards(place, ts)]
            done = [card for card in seen if "completed" in card.words]
            return len(done) >= MESSAGES * len(PLACES)

        await eventually(all_shown, "all cards", watched=heir.failure)
        for (place, ts), sums in asked.items():
            await one_card_each(pair, place, ts, sums)


async def one_card_each(pair: Pair, place: str, ts: str, sums: list[int]) -> None:
    """The thread shows the answer of each message once, in the order of the messages."""

    async def nothing_twice() -> bool:
        seen = await thread(pair.slack, ADA, place, ts)
        told = [message.raw["metadata"] for message in seen if "metadata" in message.raw]
        entries = Counter(one["event_payload"]["entry_id"] for one in told)
        return all(count == 1 for count in entries.values())

    await eventually(nothing_twice, f"each entry to stand once in {place}")
    cards = await pair.cards(place, ts)
    found = [next(s for s in sums if re.search(rf"\b{s}\b", card.words)) for card in cards]
    assert found == sums
