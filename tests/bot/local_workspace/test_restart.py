"""What a home keeps: everything that people and the bot would miss."""

import asyncio
from pathlib import Path

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_workspace.state_file import StateFile
from bot.local_workspace.workspace import LocalWorkspace

from .conftest import QUICK, client_of

GENERAL = "C0GENERAL"


async def opened(manifest: Path, home: Path) -> tuple[LocalWorkspace, AsyncWebClient]:
    workspace = LocalWorkspace(manifest, home, pace=QUICK)
    await workspace.start(port=0)
    return workspace, client_of(workspace)


async def test_messages_files_and_homes_survive_a_restart(manifest: Path, home: Path) -> None:
    first, slack = await opened(manifest, home)
    ts = await first.say("U0ADA", GENERAL, "hello", files=[("a.txt", b"bytes")])
    await slack.chat_postMessage(channel=GENERAL, text="reply", thread_ts=ts)
    await slack.views_publish(user_id="U0ADA", view={"type": "home", "blocks": []})
    await first.stop()
    second, _ = await opened(manifest, home)
    message, reply = second.messages(GENERAL)
    assert message["files"][0]["url_private"].startswith(second.url)
    assert (message["text"], message["reply_count"], reply["text"]) == ("hello", 1, "reply")
    assert second.file(message["files"][0]["id"]) == b"bytes"
    assert second.home("U0ADA")
    await second.stop()


async def test_timestamps_go_on_after_a_restart(manifest: Path, home: Path) -> None:
    first, _ = await opened(manifest, home)
    before = await first.say("U0ADA", GENERAL, "one")
    await first.stop()
    second, _ = await opened(manifest, home)
    assert await second.say("U0ADA", GENERAL, "two") > before
    await second.stop()


async def test_a_deleted_message_stays_deleted(manifest: Path, home: Path) -> None:
    first, slack = await opened(manifest, home)
    ts = (await slack.chat_postMessage(channel=GENERAL, text="x"))["ts"]
    await slack.chat_delete(channel=GENERAL, ts=ts)
    await first.stop()
    second, _ = await opened(manifest, home)
    assert second.messages(GENERAL) == []
    await second.stop()


async def test_an_event_that_nobody_took_is_delivered_after_a_restart(
    manifest: Path, home: Path
) -> None:
    first, _ = await opened(manifest, home)
    await first.say("U0ADA", GENERAL, "remember me")
    await first.stop()
    second, slack = await opened(manifest, home)
    heard: asyncio.Queue[str] = asyncio.Queue()
    app = AsyncApp(client=slack)

    @app.event("message")
    async def hear(event: dict[str, str]) -> None:
        heard.put_nowait(event["text"])

    from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

    handler = AsyncSocketModeHandler(app, second.app_token)
    await handler.connect_async()
    assert await asyncio.wait_for(heard.get(), 60) == "remember me"
    await handler.close_async()
    await second.stop()


async def test_a_reset_forgets_everything(manifest: Path, home: Path) -> None:
    first, _ = await opened(manifest, home)
    await first.say("U0ADA", GENERAL, "hello")
    first.slack.reset()
    assert first.messages(GENERAL) == []
    await first.stop()
    second, _ = await opened(manifest, home)
    assert second.messages(GENERAL) == []
    await second.stop()


def test_a_torn_last_line_is_skipped(tmp_path: Path) -> None:
    first = StateFile(tmp_path)
    first.keep("message", "a", {"text": "whole"})
    first.close()
    with (tmp_path / "workspace.jsonl").open("a", encoding="utf-8") as file:
        file.write('["message","b",{"te')
    second = StateFile(tmp_path)
    assert second.kept("message") == {"a": {"text": "whole"}}
    second.close()
