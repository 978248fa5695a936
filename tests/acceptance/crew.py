"""Several processes of one installation on one PostgreSQL: two that serve, one that works.

Each has a home of its own, so that none can use another's disk. The two that serve have one slot
each, taken by a program that sleeps; so whatever else is asked for is done by the worker.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import psycopg

from bot.local_workspace.delivery import Parcel
from bot.local_workspace.json_text import Json
from bot.local_workspace.sockets import Sockets
from bot.local_workspace.workspace import LocalWorkspace
from tests.acceptance.driver import eventually
from tests.acceptance.local_slack import LocalSlack, local_slack
from tests.acceptance.processes import Companion, Process, Server
from tests.acceptance.scenarios import Stage
from tests.core import postgres

SLEEPER = "```python\nimport time\ntime.sleep(600)\n```"
SETTINGS = {"DISPATCH_CODE_TIMEOUT": "600", "DISPATCH_APPROVERS": "U0ADA,U0GRACE"}


class Worker(Server):
    """`dispatch worker`; its HTTP door tells when it is ready."""

    async def serve(self) -> None:
        await self.start("bot", "worker")
        await eventually(self._ready, "dispatch worker to be ready", watched=self.failure)


class Proxy:
    """A load balancer's address before the servers: it leads to one of them at a time."""

    def __init__(self) -> None:
        self.sent = b""
        """What came through it on its way to a server."""
        self._port = 0
        self._to = ""
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self._port = self._server.sockets[0].getsockname()[1]

    def lead_to(self, server: Server) -> None:
        """From now on lead to this server, and cut off who is connected to another."""
        self._to = server.url
        for writer in self._open:
            writer.transport.abort()

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._open:
            writer.transport.abort()
        await self._server.wait_closed()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, answers = await asyncio.open_connection("127.0.0.1", int(self._to.split(":")[-1]))
        both = {writer, answers}
        self._open |= both
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pass_on(reader, answers, kept=True))
                group.create_task(self._pass_on(there, writer, kept=False))
        except* ConnectionError:
            pass
        finally:
            self._open -= both
            for one in both:
                one.transport.abort()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, kept: bool
    ) -> None:
        while piece := await reader.read(65_536):
            if kept:
                self.sent += piece
            writer.write(piece)
            await writer.drain()
        raise ConnectionError  # one side that is closed ends the other


@dataclass
class Directed:
    """The way to the app, with each envelope sent to the connection that `places` names for it."""

    sockets: Sockets
    places: dict[str, int]
    """Which connection gets what, by the event's type or by who clicked."""

    @property
    def connected(self) -> bool:
        return self.sockets.connected

    async def ready(self) -> None:
        await self.sockets.ready()

    async def send(self, parcel: Parcel) -> Json:
        told = parcel.payload
        what = told["event"]["type"] if "event" in told else told.get("user", {}).get("id")
        before, self.sockets.pinned = self.sockets.pinned, self.places.get(what)
        sending = asyncio.ensure_future(self.sockets.send(parcel))
        await asyncio.sleep(0)  # by now it has chosen its connection
        self.sockets.pinned = before
        return await sending


@dataclass
class Crew:
    """A and B serve, the worker works; Slack's sockets are in that order: 0 is A's, 1 is B's."""

    slack: LocalSlack
    a: Server
    b: Server
    worker: Worker
    companion: Companion
    proxy: Proxy
    database: str

    @property
    def workspace(self) -> LocalWorkspace:
        return self.slack.workspace

    @property
    def stage(self) -> Stage:
        return Stage(self.slack, self.a, self.companion)

    @asynccontextmanager
    async def told(self, number: int) -> AsyncIterator[None]:
        """All that happens in Slack meanwhile is told to this connection's process."""
        self.workspace.slack.sockets.pinned = number
        yield
        await self.workspace.slack.outbound.quiet()
        self.workspace.slack.sockets.pinned = None

    @asynccontextmanager
    async def apart(self, **places: int) -> AsyncIterator[None]:
        """Meanwhile each kind of event, or each person's clicks, go to the connection named."""
        outbound = self.workspace.slack.outbound
        before = outbound.carrier
        outbound.carrier = Directed(self.workspace.slack.sockets, places)
        yield
        await outbound.quiet()
        outbound.carrier = before

    async def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query finds in the database that they share."""
        address = self.database.replace("+psycopg", "")
        async with await psycopg.AsyncConnection.connect(address) as connection:
            found = await connection.execute(query, values)
            return await found.fetchall()

    async def get(self, server: Server, path: str) -> tuple[int, bytes]:
        """The status and the body of a page of one process's HTTP door."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{server.url}{path}") as answer,
        ):
            return answer.status, await answer.read()


@contextmanager
def ports(count: int) -> Iterator[list[int]]:
    """Ports that nobody listens on, held by sockets that never listen until the end."""
    with ExitStack() as held:
        taken = []
        for _ in range(count):
            holder = held.enter_context(socket.socket())
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            holder.bind(("127.0.0.1", 0))
            taken.append(int(holder.getsockname()[1]))
        yield taken


@asynccontextmanager
async def crew(folder: Path) -> AsyncIterator[Crew]:
    """All of them at work, with no device paired yet; they are stopped at the end."""
    with postgres.server() as server, ports(3) as [one, two, three]:
        database = postgres.new_database(server)
        proxy = Proxy()
        await proxy.start()
        async with local_slack(one) as slack:
            settings = {
                **SETTINGS,
                **slack.environment(),
                "DISPATCH_DATABASE_URL": database,
                "DISPATCH_PUBLIC_URL": proxy.url,
            }
            alone = settings | {"DISPATCH_SLOTS": "1"}
            made = Crew(
                slack,
                Server(folder / "a", one, alone),
                Server(folder / "b", two, alone),
                Worker(folder / "worker", three, settings),
                Companion(folder / "device", folder / "reachable"),
                proxy,
                database,
            )
            proxy.lead_to(made.a)
            try:
                await _upgrade(folder, settings)
                await _start(made)
                yield made
            finally:
                await asyncio.gather(
                    made.companion.stop(), *(one.kill() for one in (made.worker, made.a, made.b))
                )
                await proxy.stop()


async def _upgrade(folder: Path, settings: Mapping[str, str]) -> None:
    upgrade = Process(folder / "upgrade.log", folder, settings | {"DISPATCH_HOME": str(folder)})
    await upgrade.start("bot", "db", "upgrade")
    assert await upgrade.ended() == 0, upgrade.words()


async def _start(made: Crew) -> None:
    await made.a.serve()
    await made.b.serve()
    for _ in range(2):
        channel, ts = await made.stage.ask(SLEEPER)
        await made.stage.says(channel, ts, "running")
    await made.worker.serve()
