"""The bot's token goes to Slack and nowhere else, whatever a file says of its address."""

import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.connection.files import Files
from bot.connection.web_api import asking_client
from dispatch_core.errors import AttachmentUnavailable
from dispatch_core.views import AttachedFile

TOKEN = "xoxb-1-of-this-test"
FILE = AttachedFile("notes.txt", "text/plain", 5, "F1")


class Host:
    """A server that says where a file lies, serves it, and remembers who asked with what."""

    def __init__(self) -> None:
        self.said: dict[str, Any] = {}
        self.bearers: list[str] = []
        app = web.Application()
        app.add_routes([web.route("*", "/api/files.info", self.info), web.get("/f", self.bytes)])
        self.server = TestServer(app)

    async def info(self, _request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "file": {"id": "F1", "size": 5, **self.said}})

    async def bytes(self, request: web.Request) -> web.Response:
        self.bearers.append(request.headers.get("Authorization", ""))
        return web.Response(body=b"hello")


@pytest.fixture
async def slack() -> AsyncIterator[Host]:
    host = Host()
    async with host.server:
        yield host


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def files(session: aiohttp.ClientSession, api: str) -> Files:
    return Files(asking_client(TOKEN, api, session), session)


async def test_a_file_is_fetched_from_where_the_web_api_is(
    slack: Host, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    slack.said = {"url_private_download": str(slack.server.make_url("/f"))}
    to = tmp_path / "arriving"
    await files(session, str(slack.server.make_url("/api/"))).fetch(FILE, to)
    assert to.read_bytes() == b"hello"
    assert slack.bearers == [f"Bearer {TOKEN}"]
    assert not stat.S_IMODE(to.stat().st_mode) & 0o077


@pytest.mark.parametrize(
    "url",
    [
        "http://files.slack.com/f",
        "https://files.slack.com.evil.example/f",
        "https://evil.example/files.slack.com",
        "https://slack.com@evil.example/f",
        "https://evilslack.com/f",
        "file:///etc/passwd",
        "https://[::1",
        "http://169.254.169.254/latest/meta-data",
    ],
)
async def test_no_other_address_is_asked(
    slack: Host, session: aiohttp.ClientSession, tmp_path: Path, url: str
) -> None:
    slack.said = {"url_private_download": url}
    fetching = files(session, str(slack.server.make_url("/api/"))).fetch(FILE, tmp_path / "to")
    with pytest.raises(AttachmentUnavailable, match="outside Slack"):
        await fetching


async def test_with_the_real_slack_this_machine_is_no_place_of_a_file(
    session: aiohttp.ClientSession,
) -> None:
    real = files(session, "https://slack.com/api/")
    assert not real.is_slacks("http://127.0.0.1:8765/f")
    assert not real.is_slacks("https://localhost/f")
    assert not real.is_slacks("https://files.slack.com.evil.example/f")
    assert not real.is_slacks("https://slack.com@evil.example/f")
    assert not real.is_slacks("https://evilslack.com/f")
    assert not real.is_slacks("http://files.slack.com/f")
    assert real.is_slacks("https://files.slack.com/files-pri/T1-F1/notes.txt")
    assert real.is_slacks("https://files.slack-gov.com/files-pri/T1-F1/notes.txt")
