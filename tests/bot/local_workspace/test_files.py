"""Files: uploaded in three steps by the bot, shared, and downloaded with its token."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_workspace.workspace import LocalWorkspace

from .conftest import SCOPES, Start, client_of

GENERAL = "C0GENERAL"


async def get(url: str, token: str = "") -> tuple[bytes, Any]:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return await answer.read(), answer.headers


def shared(workspace: LocalWorkspace) -> list[dict[str, Any]]:
    return [one for one in workspace.messages(GENERAL) if one.get("files")]


async def test_an_upload_becomes_a_message_in_the_thread(
    workspace: LocalWorkspace, slack: AsyncWebClient
) -> None:
    ts = await workspace.say("U0ADA", GENERAL, "plot it")
    answer = await slack.files_upload_v2(
        channel=GENERAL, thread_ts=ts, filename="plot.png", content=b"png", title="Plot"
    )
    await workspace.wait_until(lambda: shared(workspace))
    [message] = shared(workspace)
    [file] = message["files"]
    assert (message["subtype"], message["thread_ts"]) == ("file_share", ts)
    assert (file["title"], file["mimetype"], file["size"]) == ("Plot", "image/png", 3)
    assert workspace.file(answer["file"]["id"]) == b"png"


async def test_files_info_tells_where_a_file_is_shared(
    workspace: LocalWorkspace, slack: AsyncWebClient
) -> None:
    upload = await slack.files_upload_v2(channel=GENERAL, filename="a.txt", content="hello")
    await workspace.wait_until(lambda: shared(workspace))
    file = (await slack.files_info(file=upload["file"]["id"]))["file"]
    [message] = shared(workspace)
    assert file["shares"]["public"][GENERAL][0]["ts"] == message["ts"]
    assert "shares" not in upload["file"]


async def test_an_upload_without_a_channel_is_shared_nowhere(
    workspace: LocalWorkspace, slack: AsyncWebClient
) -> None:
    await slack.files_upload_v2(filename="a.txt", content="hello")
    await workspace.slack.outbound.quiet()
    assert shared(workspace) == []


async def test_a_length_of_nothing_is_a_missing_argument(slack: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="missing_argument"):
        await slack.files_getUploadURLExternal(filename="a", length=0)


async def test_the_bytes_must_be_as_many_as_announced(slack: AsyncWebClient) -> None:
    step = await slack.files_getUploadURLExternal(filename="a", length=5)
    async with (
        aiohttp.ClientSession() as session,
        session.post(step["upload_url"], data=b"four") as answer,
    ):
        assert answer.status == 400


async def test_an_upload_is_completed_once_and_only_with_its_bytes(slack: AsyncWebClient) -> None:
    step = await slack.files_getUploadURLExternal(filename="a", length=4)
    files = [{"id": step["file_id"]}]
    with pytest.raises(SlackApiError, match="file_not_found"):
        await slack.files_completeUploadExternal(files=files)
    async with aiohttp.ClientSession() as session:
        await session.post(step["upload_url"], data=b"four")
    await slack.files_completeUploadExternal(files=files)
    with pytest.raises(SlackApiError, match="file_update_failed"):
        await slack.files_completeUploadExternal(files=files)


async def test_a_persons_file_is_had_with_the_bots_token(workspace: LocalWorkspace) -> None:
    await workspace.say("U0ADA", GENERAL, "look", files=[("a b.csv", b"1,2")])
    [file] = shared(workspace)[0]["files"]
    content, headers = await get(file["url_private_download"], workspace.bot_token)
    assert content == b"1,2"
    assert headers["content-disposition"] == "attachment; filename*=UTF-8''a%20b.csv"
    assert headers["x-content-type-options"] == "nosniff"


async def test_without_a_token_there_is_a_sign_in_page_instead(workspace: LocalWorkspace) -> None:
    await workspace.say("U0ADA", GENERAL, "look", files=[("a.csv", b"1,2")])
    content, headers = await get(shared(workspace)[0]["files"][0]["url_private"])
    assert b"Sign in" in content
    assert headers["content-type"].startswith("text/html")


async def test_uploads_need_their_scope(start: Start) -> None:
    scopes = [scope for scope in SCOPES if scope != "files:write"]
    client = client_of(await start(scopes=scopes))
    with pytest.raises(SlackApiError, match="missing_scope"):
        await client.files_getUploadURLExternal(filename="a", length=1)


async def test_uploads_can_be_refused(workspace: LocalWorkspace, slack: AsyncWebClient) -> None:
    workspace.faults.set("refuse_upload")
    with pytest.raises(SlackApiError, match="file_uploads_disabled"):
        await slack.files_getUploadURLExternal(filename="a", length=1)


async def test_a_file_name_keeps_no_folders(workspace: LocalWorkspace) -> None:
    await workspace.say("U0ADA", GENERAL, "look", files=[("../../etc/pass\nwd", b"x")])
    assert shared(workspace)[0]["files"][0]["name"] == "passwd"
