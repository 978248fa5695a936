"""The scene: PostgreSQL, the workspace, the servers, the workers and the companions, all real."""

import asyncio
import contextlib
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp

from tests.acceptance.driver import eventually
from tests.acceptance.processes import Process
from tests.chaos import devices
from tests.chaos.balancer import Balancer
from tests.chaos.member import OURS, Member
from tests.chaos.options import Options
from tests.chaos.rows import Rows
from tests.chaos.small_disk import SmallDisk
from tests.chaos.tasks import KNOWLEDGE
from tests.chaos.workspace import APPROVERS, Workspace
from tests.core import postgres

READY_SECONDS = 120.0
DATABASE = "chaos"


class Scene:
    """All parts, and how to reach them; `running` opens and closes it."""

    def __init__(self, options: Options, folder: Path, server: postgres.Server) -> None:
        self.options = options
        self.folder = folder
        self.server = server
        self.url = server.url(DATABASE)
        self.workspace = Workspace(options.dice("workspace"), options.companions)
        doors = options.serves + options.workers
        self._held = [_held_port() for _ in range(doors + 1)]
        self.ports = [one.getsockname()[1] for one in self._held]
        self.balancer = Balancer(self.ports[1:], self.ports[0], options.dice("balancer"))
        self.serves: list[Member] = []
        self.workers: list[Member] = []
        self.hosts: list[Member] = []
        self.disks: list[SmallDisk] = []
        self.device_of: dict[str, str] = {}
        self.notes: list[str] = []

    @property
    def members(self) -> list[Member]:
        """Every process that faults may befall."""
        return [*self.serves, *self.workers, *self.hosts]

    def device_folder(self, number: int) -> Path:
        """What a companion shows, and where its commands run."""
        return self.folder / "shown" / f"device-{number:02}"

    def device_home(self, number: int) -> Path:
        """Where a companion keeps its key and journal."""
        return self.folder / "devices" / f"device-{number:02}"

    async def open(self) -> None:
        """Start all of it and pair the companions."""
        self._write_knowledge()
        await self.workspace.local.start(port=0)
        await self.balancer.start()
        await self._upgrade()
        self._make_servers()
        await asyncio.gather(*(member.begin() for member in (*self.serves, *self.workers)))
        await asyncio.gather(*(self._ready(port) for port in self.ports[1:]))
        await self._pair_all()
        self._make_hosts()
        for host in self.hosts:
            await host.begin()
        await self._await_devices()

    async def close(self) -> None:
        """End every process, whatever state it is in."""
        for member in self.members:
            with contextlib.suppress(ProcessLookupError):
                await member.kill()
        await self.workspace.postman.close()
        await self.workspace.local.stop()
        await self.balancer.stop()
        for disk in self.disks:
            disk.unmount()
        for one in self._held:
            one.close()

    def settings(self) -> dict[str, str]:
        """What every server and worker is told."""
        local = self.workspace.local
        return {
            "SLACK_API_URL": local.api_url,
            "SLACK_BOT_TOKEN": local.bot_token,
            "DISPATCH_DATABASE_URL": self.url,
            "DISPATCH_PUBLIC_URL": self.balancer.url,
            "DISPATCH_KNOWLEDGE": str(self.folder / "knowledge"),
            "DISPATCH_APPROVERS": ",".join(APPROVERS),
            "DISPATCH_APPROVAL_TTL": f"{self.options.approval_ttl:g}",
            "DISPATCH_LEASE": f"{self.options.lease:g}",
        }

    def _write_knowledge(self) -> None:
        folder = self.folder / "knowledge"
        folder.mkdir()
        for bird, months in KNOWLEDGE.items():
            words = f"# The {bird}\n\nThe warranty of the {bird} is {months} long.\n"
            (folder / f"{bird}.md").write_text(words)

    async def _upgrade(self) -> None:
        home = self.folder / "upgrade"
        upgrade = Process(
            home.with_suffix(".log"), self.folder, OURS | self.settings() | _home(home)
        )
        await upgrade.start("bot", "db", "upgrade")
        assert await upgrade.ended() == 0, upgrade.words()

    def _make_servers(self) -> None:
        token = {"SLACK_APP_TOKEN": self.workspace.local.app_token}
        kinds = [("serve", token)] * self.options.serves + [("worker", {})] * self.options.workers
        for number, (kind, more) in enumerate(kinds):
            made = self.serves if kind == "serve" else self.workers
            name = f"{kind}-{len(made) + 1}"
            home = self.folder / "homes" / name
            home.parent.mkdir(exist_ok=True)
            port = {"DISPATCH_HTTP_PORT": str(self.ports[number + 1])}
            made.append(
                Member(name, home, self._program(kind), self.settings() | more | port | _home(home))
            )
        self._add_disk(self.serves[-1].home, "artifacts")

    def _program(self, *words: str) -> tuple[str, ...]:
        if self.options.broken:
            return ("tests.chaos.broken", self.options.broken, "bot", *words)
        return ("bot", *words)

    def _add_disk(self, home: Path, what: str) -> None:
        disk = SmallDisk(home, what)
        if disk.mount():
            self.disks.append(disk)
        else:
            self.notes.append(f"no small disk for {what}: {disk.why_not}")

    async def _ready(self, port: int) -> None:
        async def look() -> bool:
            try:
                async with (
                    aiohttp.ClientSession() as session,
                    session.get(f"http://127.0.0.1:{port}/readyz") as reply,
                ):
                    return reply.status == 200
            except aiohttp.ClientError:
                return False

        await eventually(look, f"port {port} to be ready", READY_SECONDS, watched=self.failure)

    def failure(self) -> str:
        """What a process wrote that has ended by itself."""
        ended = [one for one in (*self.serves, *self.workers) if not one.alive]
        return "\n".join(f"{one.name} ended: {one.words()}" for one in ended)

    async def _pair_all(self) -> None:
        for number, user in enumerate(self.workspace.people):
            code = await self.workspace.pairing_code(user)
            home, folder = self.device_home(number), self.device_folder(number)
            if number == 0:
                self._add_disk(home, "journal")
            self.device_of[user] = await asyncio.to_thread(
                devices.pair_patiently, home, folder, self.balancer.url, code
            )

    def _make_hosts(self) -> None:
        numbers, real = range(self.options.companions), self.options.real_companions
        for number in numbers[:real]:
            home = self.device_home(number)
            own = {"DISPATCH_DEVICE_HOME": str(home)}
            words = ("device_agent", "run")
            self.hosts.append(Member(f"device-{number:02}", home, self._device(words), own))
        shared = [str(self.device_home(number)) for number in numbers[real:]]
        for number in range(self.options.hosts):
            mine = shared[number :: self.options.hosts]
            home = self.folder / "devices" / f"host-{number + 1}"
            words = self._device(("tests.chaos.devices", *mine))
            if mine:
                self.hosts.append(Member(f"host-{number + 1}", home, words, {}))

    def _device(self, words: tuple[str, ...]) -> tuple[str, ...]:
        broken = self.options.broken
        return ("tests.chaos.broken", broken, *words) if broken else words

    async def _await_devices(self) -> None:
        rows = Rows(self.server.folder, DATABASE)
        seen = "SELECT count(*) FROM device WHERE last_seen_at IS NOT NULL"

        async def look() -> bool:
            return await asyncio.to_thread(rows.number, seen) >= self.options.companions

        await eventually(look, "the companions to be online", READY_SECONDS, watched=self.failure)


@asynccontextmanager
async def running(options: Options) -> AsyncIterator[Scene]:
    """A scene that is ready; all of it is gone at the end, whatever happened."""
    async with AsyncExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="chaos-"))
        stack.callback(_tidy, folder, options)
        server = stack.enter_context(_database())
        scene = Scene(options, folder, server)
        stack.push_async_callback(scene.close)
        await scene.open()
        yield scene


@contextlib.contextmanager
def _database() -> Iterator[postgres.Server]:
    with postgres.serving("-c", "max_connections=200") as server:
        address = f"host={server.folder} user=dispatch dbname=postgres"
        with contextlib.closing(postgres.psycopg.connect(address, autocommit=True)) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        yield server


def _tidy(folder: Path, options: Options) -> None:
    if options.keep:
        print(f"kept: {folder}")  # noqa: T201 (the harness speaks to who runs it)
        return
    shutil.rmtree(folder, ignore_errors=True)


def _home(home: Path) -> dict[str, str]:
    return {"DISPATCH_HOME": str(home)}


def _held_port() -> socket.socket:
    """A port for a process that can't be told port 0, kept free by a socket that never listens."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    return holder
