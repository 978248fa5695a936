"""`dispatch demo` as a real process: its Slack, its server and its companion, over one home."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil

from tests.acceptance.crew import ports
from tests.acceptance.driver import eventually
from tests.acceptance.processes import Process

HOUSE = Path(__file__).parents[2]
READY = re.compile(r"Dispatch is ready: open (http://127\.0\.0\.1:\d+) ")
START_SECONDS = 90.0
"""A first start makes a database, a key and a font cache, on a machine that others use as well."""


class Demo(Process):
    """Its page is at `url`; a second start on the same home opens at the same port."""

    def __init__(self, home: Path, port: int) -> None:
        self.folder = home / "demo" / "demo-folder"
        self.url = ""
        self._port = str(port)
        self._note = home / "demo" / "device.pid"
        known = {"DISPATCH_HOME": str(home), "PYTHONPATH": str(HOUSE)}
        super().__init__(home.with_suffix(".log"), home.parent, known)

    async def open(self) -> None:
        """Start, and return once it says that it is ready."""
        starts = len(READY.findall(self.words()))
        await self.start("tests.acceptance.patient", "bot", "demo", "--port", self._port)

        async def ready() -> bool:
            return len(READY.findall(self.words())) > starts

        await eventually(ready, "dispatch demo to be ready", START_SECONDS, self.failure)
        self.url = READY.findall(self.words())[-1]

    async def close(self) -> None:
        """Stop it, and the companion of one that was killed and not started again."""
        await self.stop()
        with suppress(OSError, psutil.NoSuchProcess):
            note = json.loads(self._note.read_text())
            companion = psutil.Process(note["pid"])
            if companion.create_time() == note["born"]:
                companion.kill()

    def failure(self) -> str:
        """What it wrote, where it has ended."""
        return "" if self.alive else f"dispatch demo ended:\n{self.words()}"


@asynccontextmanager
async def demonstration(home: Path) -> AsyncIterator[Demo]:
    """A demo that is ready, and is stopped at the end."""
    with ports(1) as [port]:
        demo = Demo(home, port)
        try:
            await demo.open()
            yield demo
        finally:
            await demo.close()
