"""The Web API answers whatever comes as Slack does: `ok: false` and an error's name."""

import asyncio
from typing import Any

import aiohttp
import pytest

from bot.local_workspace.workspace import LocalWorkspace

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
BROKEN = [
    (b"[" * 20_000, JSON),
    (b"\xff", JSON),
    (b"[]", JSON),
    (b"channel=\xff", FORM),
    (b"channel=x", f"{FORM}; charset=klingon"),
    (b"--b\r\nx", "multipart/form-data; boundary=b"),
    (b"x", "multipart/form-data"),
]


async def posted(workspace: LocalWorkspace, path: str, body: bytes, kind: str) -> tuple[int, Any]:
    bearer = {"authorization": f"Bearer {workspace.bot_token}", "content-type": kind}
    url = f"{workspace.url}{path}"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=bearer) as answer,
    ):
        return answer.status, await answer.json()


@pytest.mark.parametrize(("body", "kind"), BROKEN)
async def test_a_call_whose_arguments_can_not_be_read_is_refused(
    workspace: LocalWorkspace, body: bytes, kind: str
) -> None:
    status, answer = await posted(workspace, "/api/chat.postMessage", body, kind)
    assert (status, answer["ok"]) == (200, False)
    assert answer["error"]


@pytest.mark.parametrize("body", [b"[" * 20_000, b"\xff", b"[]", b""])
async def test_a_deed_of_the_page_that_can_not_be_read_is_refused(
    workspace: LocalWorkspace, body: bytes
) -> None:
    status, answer = await posted(workspace, "/workspace/messages", body, JSON)
    assert (status, answer["ok"]) == (400, False)


async def test_half_a_surrogate_pair_is_kept_as_a_question_mark(workspace: LocalWorkspace) -> None:
    body = b'{"channel": "C0GENERAL", "text": "half: \\ud800"}'
    status, answer = await posted(workspace, "/api/chat.postMessage", body, JSON)
    assert (status, answer["ok"]) == (200, True)


async def test_a_form_of_the_page_that_can_not_be_read_is_refused(
    workspace: LocalWorkspace,
) -> None:
    broken = "multipart/form-data; boundary=b"
    status, answer = await posted(workspace, "/workspace/uploads", b"--b\r\nx", broken)
    assert (status, answer["ok"]) == (400, False)


async def test_a_view_of_no_type_is_refused(workspace: LocalWorkspace) -> None:
    body = b'{"user_id": "U0ADA", "view": {"type": []}}'
    status, answer = await posted(workspace, "/api/views.publish", body, JSON)
    assert (status, answer["error"]) == (200, "invalid_arguments")


async def test_a_token_that_is_no_text_is_nobody_s(workspace: LocalWorkspace) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", workspace.port)
    writer.write(b"POST /api/auth.test HTTP/1.0\r\nHost: 127.0.0.1\r\n")
    writer.write(b"Authorization: Bearer \xff\xfe\r\n\r\n")
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert b'"invalid_auth"' in answer
