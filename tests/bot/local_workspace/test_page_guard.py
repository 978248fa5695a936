"""The page and its interface are for this machine's own browser, and for no other page."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.local_workspace.workspace import LocalWorkspace


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.mark.parametrize("path", ["workspace/state", "api/auth.test", "workspace/events"])
async def test_a_foreign_host_is_refused(
    workspace: LocalWorkspace, session: aiohttp.ClientSession, path: str
) -> None:
    headers = {"host": "evil.example"}
    async with session.get(f"{workspace.url}/{path}", headers=headers) as answer:
        assert answer.status == 403


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1:x"]
)
async def test_a_foreign_origin_is_refused(
    workspace: LocalWorkspace, session: aiohttp.ClientSession, origin: str
) -> None:
    headers = {"origin": origin}
    async with session.get(f"{workspace.url}/workspace/state", headers=headers) as answer:
        assert answer.status == 403


async def test_the_pages_own_origin_is_welcome(
    workspace: LocalWorkspace, session: aiohttp.ClientSession
) -> None:
    headers = {"origin": workspace.url}
    async with session.get(f"{workspace.url}/workspace/state", headers=headers) as answer:
        assert answer.status == 200


async def test_no_other_page_may_frame_this_one(
    workspace: LocalWorkspace, session: aiohttp.ClientSession
) -> None:
    async with session.get(f"{workspace.url}/workspace/state") as answer:
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_a_form_from_elsewhere_does_nothing(
    workspace: LocalWorkspace, session: aiohttp.ClientSession
) -> None:
    url = f"{workspace.url}/workspace/messages"
    async with session.post(url, data={"user": "U0ADA"}) as answer:
        assert answer.status == 415
