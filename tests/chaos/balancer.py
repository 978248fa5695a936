"""A load balancer before the HTTP doors, as devices meet one: fair, and sometimes cut."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

CHUNK = 65_536


@dataclass
class Balancer:
    """Forwards each connection to the next port that answers; `lost`: how likely an answer is."""

    ports: Sequence[int]
    port: int
    dice: random.Random
    lost: float = 0.0
    dropped: int = 0
    _turn: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        """What devices are told to connect to."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def stop(self) -> None:
        """Take no more connections and cut those that are open."""
        if self._server is not None:
            self._server.close()
        self.cut()
        await asyncio.sleep(0)

    def cut(self) -> None:
        """Cut every connection off, whatever is under way."""
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            behind = await self._connect()
            if behind is not None:
                await self._forward((reader, writer), behind)
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for _ in self.ports:
            self._turn += 1
            port = self.ports[self._turn % len(self.ports)]
            with suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", port)
        return None

    async def _forward(
        self,
        front: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        behind: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        self._open.add(behind[1])
        ways = [
            asyncio.create_task(self._pass(front[0], behind[1], 0.0)),
            asyncio.create_task(self._pass(behind[0], front[1], 1.0)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self._open.discard(behind[1])
            behind[1].transport.abort()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: float
    ) -> None:
        with suppress(OSError):
            while piece := await reader.read(CHUNK):
                if self.dice.random() < self.lost * answers:
                    self.dropped += 1
                    return
                writer.write(piece)
                await writer.drain()
