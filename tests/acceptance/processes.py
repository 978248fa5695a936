"""`dispatch serve` and `dispatch-device` as real processes, started, watched and killed."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.acceptance.driver import eventually

# What a process of ours may see of the tester's environment: nothing that configures Dispatch.
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "OPENBLAS_CORETYPE")


class Process:
    """One Python module run as a process of its own; its output goes to a file."""

    def __init__(self, log: Path, folder: Path, environment: Mapping[str, str]) -> None:
        self.log = log
        self._folder = folder
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        self._environment = {**kept, "PYTHONUNBUFFERED": "1", **environment}
        self._running: asyncio.subprocess.Process | None = None

    async def start(self, *words: str) -> None:
        """Run `python -m WORDS…`."""
        await self.run(sys.executable, "-m", *words)

    async def run(self, *command: str) -> None:
        """Run a command line."""
        with self.log.open("ab") as log:
            self._running = await asyncio.create_subprocess_exec(
                *command,
                cwd=self._folder,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def ended(self) -> int:
        """Wait for its end; returns the exit code."""
        assert self._running is not None
        return await self._running.wait()

    @property
    def alive(self) -> bool:
        return self._running is not None and self._running.returncode is None

    @property
    def pid(self) -> int:
        assert self._running is not None
        return self._running.pid

    async def kill(self) -> None:
        """kill -9: no chance to tidy up."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """SIGTERM, as a service manager would; SIGKILL where it does not end in ten seconds."""
        try:
            await asyncio.wait_for(self._end(signal.SIGTERM), 10)
        except TimeoutError:
            await self.kill()

    async def _end(self, how: signal.Signals) -> None:
        if self._running is not None and self._running.returncode is None:
            self._running.send_signal(how)
            await self._running.wait()

    def words(self) -> str:
        """What it wrote, for a failure's message."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""


class Server(Process):
    """`dispatch serve`."""

    def __init__(self, home: Path, port: int, environment: Mapping[str, str]) -> None:
        self.home = home
        self.url = f"http://127.0.0.1:{port}"
        own = {"DISPATCH_HOME": str(home), "DISPATCH_HTTP_PORT": str(port)}
        super().__init__(home.with_suffix(".log"), home.parent, {**environment, **own})

    def tell(self, **settings: str) -> None:
        """Its settings from the next start on."""
        self._environment.update(settings)

    async def serve(self) -> None:
        """Start, and return once it is ready: its database answers and Slack is connected."""
        await self.start("bot", "serve")
        await eventually(self._ready, "dispatch serve to be ready", watched=self.failure)

    def failure(self) -> str:
        """What it wrote, where it has ended."""
        return "" if self.alive else f"dispatch serve ended:\n{self.words()}"

    async def _ready(self) -> bool:
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"{self.url}/readyz") as reply,
            ):
                return reply.status == 200
        except aiohttp.ClientError:
            return False


class Companion(Process):
    """`dispatch-device`, with a folder of its own that it may reach."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(home.with_suffix(".log"), folder, {"DISPATCH_DEVICE_HOME": str(home)})

    async def pair(self, url: str, code: str, name: str = "laptop") -> None:
        """Redeem a code, then go to work."""
        allowed = ["--folder", str(self.folder), "--allow", "local_files,shell"]
        await self.start("device_agent", "pair", url, code, "--name", name, *allowed)
        assert await self.ended() == 0, self.words()
        await self.start("device_agent", "run")


@asynccontextmanager
async def serving(home: Path, port: int, environment: Mapping[str, str]) -> AsyncIterator[Server]:
    """A server that is ready, and is stopped at the end."""
    server = Server(home, port, environment)
    try:
        await server.serve()
        yield server
    finally:
        await server.stop()
