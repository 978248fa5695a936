"""The browser's way out, spoken to as Chromium speaks: names resolved once, checked and pinned."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from device_agent.browser.gate import Gate, Streams
from device_agent.browser.urls import Limits

PUBLIC = "93.184.215.14"
DONE, NOT_ALLOWED, UNREACHABLE = 0, 2, 4


class Names:
    """A name server that answers as it is told, the next answer each time."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = {name.replace("_", "."): list(each) for name, each in answers.items()}
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        if host not in self.answers:
            raise OSError("no such name")
        return self.answers[host].pop(0)


@asynccontextmanager
async def echo() -> AsyncIterator[tuple[Callable[[str, int], Awaitable[Streams]], list[str]]]:
    """A server that says everything again, wherever somebody dials; and what was dialled."""
    dialled: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(1000):
            writer.write(piece)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async def dial(address: str, _port: int) -> Streams:
        dialled.append(address)
        return await asyncio.open_connection("127.0.0.1", port)

    yield dial, dialled
    server.close()


@asynccontextmanager
async def gate_of(
    names: Names, limits: Limits | None = None
) -> AsyncIterator[tuple[int, Gate, list[str]]]:
    async with echo() as (dial, dialled):
        gate = Gate(lambda: limits or Limits(), names.resolve, dial)
        yield await gate.open(), gate, dialled
        await gate.close()


async def knock(port: int, kind: bytes, host: bytes, at: int = 80) -> tuple[int, Streams]:
    """Ask for a connection; the reply's code, and the streams for what follows."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"\5\1\0" + b"\5\1\0" + kind + host + at.to_bytes(2, "big"))
    assert await reader.readexactly(2) == b"\5\0"
    reply = await reader.readexactly(10)
    return reply[1], (reader, writer)


async def by_name(port: int, host: str, at: int = 80) -> tuple[int, Streams]:
    name = host.encode()
    return await knock(port, b"\3", bytes([len(name)]) + name, at)


async def test_a_public_name_is_carried_to_the_address_that_was_checked() -> None:
    async with gate_of(Names(site_example=[[PUBLIC]])) as (port, _, dialled):
        code, (reader, writer) = await by_name(port, "site.example")
        assert (code, dialled) == (DONE, [PUBLIC])
        writer.write(b"words")
        assert await reader.readexactly(5) == b"words"
        writer.close()


async def test_a_name_that_is_bound_anew_to_this_computer_is_refused() -> None:
    names = Names(rebound_example=[[PUBLIC], ["127.0.0.1"]])
    async with gate_of(names, Limits(private=["127.0.0.1:80"])) as (port, gate, dialled):
        first, (_, writer) = await by_name(port, "rebound.example")
        second, (_, other) = await by_name(port, "rebound.example")
        assert (first, second, dialled) == (DONE, NOT_ALLOWED, [PUBLIC])
        assert "127.0.0.1 is an address of this computer" in (
            gate.why_not("rebound.example", 80) or ""
        )
        writer.close()
        other.close()


async def test_each_connection_asks_once_so_that_no_second_answer_counts() -> None:
    names = Names(site_example=[[PUBLIC], ["127.0.0.1"]])
    async with gate_of(names) as (port, _, dialled):
        _, (_, writer) = await by_name(port, "site.example")
        assert (names.asked, dialled) == (["site.example"], [PUBLIC])
        writer.close()


async def test_one_private_address_among_several_rules_a_name_out() -> None:
    names = Names(mixed_example=[[PUBLIC, "10.0.0.1"]])
    async with gate_of(names) as (port, _, dialled):
        code, (_, writer) = await by_name(port, "mixed.example")
        assert (code, dialled) == (NOT_ALLOWED, [])
        writer.close()


@pytest.mark.parametrize(
    ("kind", "host"),
    [
        (b"\1", bytes([127, 0, 0, 1])),
        (b"\1", bytes([169, 254, 169, 254])),
        (b"\4", bytes(15) + b"\1"),
        (b"\4", bytes(10) + b"\xff\xff" + bytes([10, 0, 0, 1])),
        (b"\3", b"\x09localhost"),
        (b"\3", b"\x0a127.0.0.1."),
        (b"\3", b"\x0aLOCALHOST."),
        (b"\3", b"\x18metadata.google.internal"),
        (b"\3", b"\x16update.googleapis.com."),
    ],
)
async def test_what_is_not_public_is_refused_without_a_look_up(kind: bytes, host: bytes) -> None:
    names = Names()
    async with gate_of(names) as (port, _, dialled):
        code, (_, writer) = await knock(port, kind, host)
        assert (code, dialled, names.asked) == (NOT_ALLOWED, [], [])
        writer.close()


@pytest.mark.parametrize("host", [b"\x060x7f.1", b"\x05127.1", b"\x03a b", b"\x00"])
async def test_a_host_in_disguise_is_refused(host: bytes) -> None:
    async with gate_of(Names()) as (port, _, dialled):
        code, (_, writer) = await knock(port, b"\3", host)
        assert (code, dialled) == (NOT_ALLOWED, [])
        writer.close()


async def test_a_host_that_the_owner_opened_is_carried_with_its_port_only() -> None:
    names = Names(**{"127_0_0_1": [["127.0.0.1"]]})
    async with gate_of(names, Limits(private=["127.0.0.1:8000"])) as (port, _, dialled):
        opened, (_, one) = await knock(port, b"\1", bytes([127, 0, 0, 1]), 8000)
        closed, (_, two) = await knock(port, b"\1", bytes([127, 0, 0, 1]), 8001)
        assert (opened, closed, dialled) == (DONE, NOT_ALLOWED, ["127.0.0.1"])
        one.close()
        two.close()


async def test_a_name_that_nobody_knows_is_unreachable() -> None:
    async with gate_of(Names()) as (port, gate, _):
        code, (_, writer) = await by_name(port, "nowhere.example")
        assert code == UNREACHABLE
        assert gate.why_not("nowhere.example", 80) is None
        writer.close()


@pytest.mark.parametrize(
    "words", [b"GET / HTTP/1.1\r\n\r\n", b"\4\1\0\x50", b"\5\1\0\5\2\0\1", b""]
)
async def test_whoever_speaks_otherwise_gets_nothing(words: bytes) -> None:
    async with gate_of(Names()) as (port, _, dialled):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(words)
        writer.write_eof()
        assert await reader.read() in (b"", b"\5\0")
        assert dialled == []
        writer.close()
