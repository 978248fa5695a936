"""A request that names no host, or hides a foreign one behind an own, is nobody's."""

import asyncio

import pytest
from aiohttp.test_utils import TestClient


@pytest.mark.parametrize(
    "head",
    [
        "GET /healthz HTTP/1.0",
        "GET /healthz HTTP/1.1\r\nHost:",
        "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}.evil.example",
        "GET /healthz HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: 127.0.0.1:{port}",
        "GET /healthz HTTP/1.1\r\nHost: [::1",
        "POST /device/pair HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://[::1]:1",
        "POST /device/pair HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: file://",
    ],
)
async def test_it_is_not_let_in(client: TestClient, head: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    writer.write(f"{head.format(port=client.port)}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert answer.split()[1] in {b"400", b"403"}
