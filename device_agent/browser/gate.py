"""The browser's only way out: a SOCKS5 proxy on 127.0.0.1 that looks at every connection.

Chromium hands each host's *name* over, for pages, redirects, frames, scripts, sockets, workers and
downloads alike. The gate resolves it once, checks every address, and connects to one of those that
it checked: there is no second look-up that an attacker's name server could answer otherwise.
"""

import asyncio
import contextlib
import logging
import socket
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from ipaddress import IPv4Address, IPv6Address

from device_agent.browser.errors import BadUrl
from device_agent.browser.urls import Limits, read_host

log = logging.getLogger(__name__)

HANDSHAKE_SECONDS = 10.0
RESOLVE_SECONDS = 10.0
CONNECT_SECONDS = 10.0
PIECE_BYTES = 65_536
KEPT_REFUSALS = 500
# RFC 1928: the version, the one method (none), the one command, the kinds of address, replies.
_VERSION = 5
_CONNECT = 1
_IPV4, _NAME, _IPV6 = 1, 3, 4
_DONE, _NOT_ALLOWED, _UNREACHABLE = 0, 2, 4

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Resolve = Callable[[str, int], Awaitable[list[str]]]
Dial = Callable[[str, int], Awaitable[Streams]]


class NotForUs(Exception):
    """Whoever connected does not speak SOCKS5."""


class Refused(Exception):
    """A connection that the limits rule out; its text says why."""


async def resolve(host: str, port: int) -> list[str]:
    """A name's addresses, best first, as this computer's resolver gives them."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def dial(address: str, port: int) -> Streams:
    """A connection to one address."""
    return await asyncio.open_connection(address, port)


class Gate:
    """Serves on a loopback port of its own; limits is asked anew for each connection."""

    def __init__(
        self, limits: Callable[[], Limits], resolve: Resolve = resolve, dial: Dial = dial
    ) -> None:
        self._limits = limits
        self._resolve = resolve
        self._dial = dial
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._refusals: OrderedDict[tuple[str, int], str] = OrderedDict()

    async def open(self) -> int:
        """Begin to serve; returns the port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """End every connection."""
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def why_not(self, host: str, port: int) -> str | None:
        """Why the last connection to a host was refused; None where none was."""
        return self._refusals.get((host, port))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (a coroutine that runs has one)
        self._tasks.add(task)
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                host, port = await _handshake(reader, writer)
            await self._carry(host, port, reader, writer)
        except (NotForUs, OSError, EOFError, TimeoutError, asyncio.CancelledError):
            pass  # this task ends here in any case; asyncio would log its cancellation as a fault
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _carry(
        self, host: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            up_reader, up_writer = await self._connect(host, port)
        except Refused as refusal:
            self._note(host, port, str(refusal))
            await _answer(writer, _NOT_ALLOWED)
            return
        except (OSError, TimeoutError):
            await _answer(writer, _UNREACHABLE)
            return
        try:
            await _answer(writer, _DONE)
            await _carry_both(_pipe(reader, up_writer), _pipe(up_reader, writer))
        finally:
            up_writer.close()

    async def _connect(self, host: str, port: int) -> Streams:
        limits = self._limits()
        if why := limits.why_not(host, port):
            raise Refused(why)
        async with asyncio.timeout(RESOLVE_SECONDS):
            addresses = await self._resolve(host.strip("[]"), port)
        for address in addresses:  # one that is not allowed rules the whole name out
            if why := limits.why_not_address(host, port, address):
                raise Refused(why)
        for address in addresses:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(CONNECT_SECONDS):
                    return await self._dial(address, port)
        raise OSError(f"{host} does not answer")

    def _note(self, host: str, port: int, why: str) -> None:
        if self._refusals.get((host, port)) != why:  # a browser knocks again and again
            log.info("The browser was not let through to %s:%s: %s", host, port, why)
        self._refusals[host, port] = why
        self._refusals.move_to_end((host, port))
        while len(self._refusals) > KEPT_REFUSALS:
            self._refusals.popitem(last=False)


async def _handshake(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int]:
    """Whom the browser wants, the host in its one spelling."""
    version, methods = await reader.readexactly(2)
    if version != _VERSION:
        raise NotForUs
    await reader.readexactly(methods)
    writer.write(bytes([_VERSION, 0]))
    version, command, _, kind = await reader.readexactly(4)
    if (version, command) != (_VERSION, _CONNECT):
        raise NotForUs
    host = await _read_host(reader, kind)
    port = int.from_bytes(await reader.readexactly(2), "big")
    try:
        return read_host(host), port
    except BadUrl:
        await _answer(writer, _NOT_ALLOWED)
        raise NotForUs from None


async def _read_host(reader: asyncio.StreamReader, kind: int) -> str:
    if kind == _IPV4:
        return str(IPv4Address(await reader.readexactly(4)))
    if kind == _IPV6:
        return str(IPv6Address(await reader.readexactly(16)))
    if kind == _NAME:
        (length,) = await reader.readexactly(1)
        return (await reader.readexactly(length)).decode("latin-1")
    raise NotForUs


async def _answer(writer: asyncio.StreamWriter, reply: int) -> None:
    writer.write(bytes([_VERSION, reply, 0, _IPV4]) + bytes(6))
    await writer.drain()


async def _carry_both(*directions: Coroutine[None, None, None]) -> None:
    """Until one of the two ends is closed: browsers close both directions at once."""
    tasks = [asyncio.ensure_future(direction) for direction in directions]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry one direction to its end."""
    with contextlib.suppress(OSError):
        while piece := await reader.read(PIECE_BYTES):
            writer.write(piece)
            await writer.drain()
