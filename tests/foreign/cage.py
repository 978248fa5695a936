"""Runs inside the emulator's own network namespace: starts it, and carries its connections out.

local-slack listens on every interface and can't be told otherwise, so it gets a network of its own
that has only a loopback; Unix sockets in a folder are the way in and, for events over HTTP, out.

    python cage.py FOLDER PORT EVENTS_PORT COMMAND…
"""

import asyncio
import sys
from pathlib import Path


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(65_536):
            writer.write(chunk)
            await writer.drain()
        writer.write_eof()
    except (ConnectionError, OSError):
        writer.close()


async def splice(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    further: tuple[asyncio.StreamReader, asyncio.StreamWriter],
) -> None:
    """Carry bytes both ways until both sides have ended."""
    there, back = further
    try:
        await asyncio.gather(_pump(reader, back), _pump(there, writer))
    except asyncio.CancelledError:
        pass  # the end of the test; Python 3.11 would log a cancelled connection as an error
    finally:
        writer.close()
        back.close()


async def tcp_to_unix(port: int, socket: Path) -> asyncio.Server:
    """Listen on 127.0.0.1 and carry each connection to a Unix socket."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            further = await asyncio.open_unix_connection(socket)
        except OSError:
            writer.close()
            return
        await splice(reader, writer, further)

    return await asyncio.start_server(carry, "127.0.0.1", port)


async def unix_to_tcp(socket: Path, port: int) -> asyncio.Server:
    """Listen on a Unix socket and carry each connection to 127.0.0.1."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            further = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await splice(reader, writer, further)

    return await asyncio.start_unix_server(carry, socket)


async def main(folder: Path, port: int, events_port: int, command: list[str]) -> int:
    await unix_to_tcp(folder / "in", port)
    await tcp_to_unix(events_port, folder / "out")
    emulator = await asyncio.create_subprocess_exec(*command)
    return await emulator.wait()


if __name__ == "__main__":
    where, inside, events, *words = sys.argv[1:]
    sys.exit(asyncio.run(main(Path(where), int(inside), int(events), words)))
