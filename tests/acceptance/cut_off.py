"""A network of its own for one companion, that can be cut and mended.

It runs inside a new network namespace (see overseer.py). To cut is to take the namespace's only
interface down: what is under way is never answered, as on a line that somebody unplugged.
"""

import asyncio
import sys
from pathlib import Path

from tests.acceptance import overseer
from tests.acceptance.driver import eventually
from tests.acceptance.overseer import relay
from tests.acceptance.processes import Companion


class CutOff(Companion):
    """`dispatch-device` in such a network; cut() and mend() are done by its overseer within."""

    def __init__(self, home: Path, folder: Path, port: int) -> None:
        super().__init__(home, folder)
        self._port = port
        self._gate = home.with_suffix(".sock")
        self._switch = home.with_suffix(".switch")
        self._now = home.with_suffix(".now")

    async def open_gate(self) -> asyncio.Server:
        """Let what comes through the Unix socket out to the server's port."""

        async def outside(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await relay(reader, writer, asyncio.open_connection("127.0.0.1", self._port))

        return await asyncio.start_unix_server(outside, self._gate)

    async def start(self, *words: str) -> None:
        """Run `python -m WORDS…` inside."""
        self._switch.write_text("up")
        self._now.unlink(missing_ok=True)
        within = (overseer.__file__, str(self._gate), str(self._switch), str(self._port))
        apart = ("unshare", "--user", "--map-root-user", "--net")
        await self.run(*apart, sys.executable, *within, *words)

    async def cut(self) -> None:
        """Take the network away; it is gone on return."""
        self._switch.write_text("down")

        async def gone() -> bool:
            return self._now.exists() and self._now.read_text() == "down"

        await eventually(gone, "the network to be cut")

    def mend(self) -> None:
        """Give it back."""
        self._switch.write_text("up")
