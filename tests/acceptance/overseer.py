"""Holds a companion's network: run by its path, inside a network namespace of its own.

`python overseer.py GATE SWITCH PORT WORDS…` starts `python -m WORDS…`. In the namespace,
127.0.0.1:PORT leads to the Unix socket GATE; while the file SWITCH says "down", nothing leads
anywhere. Once it is so, a file beside it that ends in .now says it. It knows nothing of this
project, so that it can be run from any folder.
"""

import asyncio
import fcntl
import socket
import struct
import sys
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

# linux/sockios.h and linux/if.h
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 0x1, 0x40
CHUNK = 65_536
Side = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def relay(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    other_side: Coroutine[Any, Any, Side],
) -> None:
    """Carry bytes both ways until either side ends."""
    with suppress(OSError):
        far_reader, far_writer = await other_side
        await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer))


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry bytes one way, and the end of them."""
    with suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    writer.close()


async def oversee(gate: str, switch: Path, port: int, words: list[str]) -> int:
    """Serve the way out, do what the switch says, and end as the companion ends."""

    async def inside(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await relay(reader, writer, asyncio.open_unix_connection(gate))

    set_loopback(up=True)
    async with await asyncio.start_server(inside, "127.0.0.1", port):
        companion = await asyncio.create_subprocess_exec(sys.executable, "-m", *words)
        following = asyncio.create_task(follow(switch))
        try:
            return await companion.wait()
        finally:
            following.cancel()


async def follow(switch: Path) -> None:
    """Keep the interface as the switch's file says, and say in a file beside it how it is."""
    state = "up"
    told = switch.with_suffix(".now")
    while True:
        await asyncio.sleep(0.05)
        wanted = switch.read_text()  # noqa: ASYNC240 (a word)
        if wanted and wanted != state:
            state = wanted
            set_loopback(up=state == "up")
            told.write_text(state)


def set_loopback(*, up: bool) -> None:
    """Bring this namespace's loopback interface up, or down."""
    flags = IFF_UP | IFF_RUNNING if up else 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags))


if __name__ == "__main__":
    gate, switch, port, *words = sys.argv[1:]
    sys.exit(asyncio.run(oversee(gate, Path(switch), int(port), words)))
