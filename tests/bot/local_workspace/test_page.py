"""What the page is served: JSON, a stream of events, and nothing to strangers."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_workspace.journal import PAYLOAD_LOG
from bot.local_workspace.workspace import LocalWorkspace

from .conftest import Connect, Start, client_of

GENERAL = "C0GENERAL"
Json = dict[str, Any]


class Page:
    """What a page does with fetch and EventSource."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = f"{url}/workspace"

    async def get(self, path: str, **query: str) -> Json:
        async with self._session.get(f"{self._url}/{path}", params=query) as answer:
            return dict(await answer.json())

    async def post(self, path: str, **body: Any) -> Json:
        async with self._session.post(f"{self._url}/{path}", json=body) as answer:
            return dict(await answer.json())

    async def events(self, user: str) -> AsyncIterator[tuple[str, Json]]:
        url = f"{self._url}/events?user={user}"
        async with self._session.get(url) as stream:
            name = ""
            async for line in stream.content:
                key, _, value = line.decode().rstrip("\n").partition(": ")
                if not key and value:
                    yield "ready", {}
                elif key == "event":
                    name = value
                elif key == "data":
                    yield name, json.loads(value)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def page(workspace: LocalWorkspace, session: aiohttp.ClientSession) -> Page:
    return Page(session, workspace.url)


async def test_the_state_names_everybody_and_everything(page: Page) -> None:
    state = await page.get("state", user="U0ADA")
    assert [user["id"] for user in state["users"]] == ["U0ADA", "U0GRACE", "U0GUEST", "U0DISPATCH"]
    assert state["bot"]["commands"] == [
        {"command": "/dispatch", "description": "Start a task", "usage_hint": ""}
    ]
    assert {one["id"] for one in state["channels"]} == {
        "C0GENERAL",
        "C0OPS",
        "D0ADA",
        "D0GRACE",
        "D0GUEST",
    }
    assert state["bot"]["connected"] is False


async def test_a_message_is_posted_and_read(page: Page) -> None:
    posted = await page.post("messages", user="U0ADA", channel=GENERAL, text="hi")
    read = await page.get("messages", user="U0ADA", channel=GENERAL)
    assert posted["ok"]
    assert [(one["ts"], one["text"]) for one in read["messages"]] == [(posted["ts"], "hi")]


async def test_a_persons_direct_message_is_nobody_elses(page: Page) -> None:
    answer = await page.get("messages", user="U0GRACE", channel="D0ADA")
    assert (answer["ok"], answer["code"]) == (False, "channel_not_found")
    assert answer["error"].endswith(".")


async def test_what_happens_is_streamed(page: Page, workspace: LocalWorkspace) -> None:
    events = page.events("U0ADA")
    assert (await anext(events))[0] == "ready"
    ts = await workspace.say("U0GRACE", GENERAL, "hello")
    name, data = await asyncio.wait_for(anext(events), 60)
    assert (name, data["channel"], data["message"]["ts"]) == ("message", GENERAL, ts)
    await workspace.say("U0GRACE", "D0GRACE", "private")
    workspace.faults.set("slow")
    name, data = await asyncio.wait_for(anext(events), 60)
    assert name == "faults"
    await events.aclose()  # type: ignore[attr-defined]


async def test_a_window_that_is_closed_is_no_error_in_the_log(
    page: Page, workspace: LocalWorkspace, caplog: pytest.LogCaptureFixture
) -> None:
    left, stays = page.events("U0ADA"), page.events("U0ADA")
    await anext(left)
    await anext(stays)
    await left.aclose()  # type: ignore[attr-defined]
    for _ in range(3):
        await workspace.say("U0GRACE", GENERAL, "is anybody there?")
        await asyncio.wait_for(anext(stays), 60)
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []


async def test_a_reply_shows_its_parent_again(page: Page, workspace: LocalWorkspace) -> None:
    ts = await workspace.say("U0ADA", GENERAL, "parent")
    events = page.events("U0ADA")
    await anext(events)
    await workspace.say("U0GRACE", GENERAL, "reply", thread_ts=ts)
    names = [await asyncio.wait_for(anext(events), 60) for _ in range(2)]
    assert names[1][1]["message"]["reply_count"] == 1
    await events.aclose()  # type: ignore[attr-defined]


async def test_the_page_sees_the_bot_come(page: Page, app: AsyncApp, connect: Connect) -> None:
    events = page.events("U0ADA")
    await anext(events)
    await connect(app)
    assert await asyncio.wait_for(anext(events), 60) == ("bot", {"connected": True})
    await events.aclose()  # type: ignore[attr-defined]


async def test_a_file_is_uploaded_sent_and_shown(
    page: Page, workspace: LocalWorkspace, session: aiohttp.ClientSession
) -> None:
    form = aiohttp.FormData({"user": "U0ADA"})
    form.add_field("file", b"<svg/>", filename="a.svg", content_type="image/svg+xml")
    async with session.post(f"{workspace.url}/workspace/uploads", data=form) as answer:
        file = (await answer.json())["file"]
    await page.post("messages", user="U0ADA", channel=GENERAL, text="", file_ids=[file["id"]])
    assert workspace.messages(GENERAL)[0]["files"][0]["name"] == "a.svg"
    url = f"{workspace.url}/workspace/files/{file['id']}?inline=1"
    async with session.get(url) as answer:
        assert await answer.read() == b"<svg/>"
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_picture_may_be_shown_inline(
    workspace: LocalWorkspace, session: aiohttp.ClientSession
) -> None:
    await workspace.say("U0ADA", GENERAL, "look", files=[("a.png", b"png")])
    file_id = workspace.messages(GENERAL)[0]["files"][0]["id"]
    async with session.get(f"{workspace.url}/workspace/files/{file_id}?inline=1") as answer:
        assert answer.headers["content-disposition"].startswith("inline")


async def test_a_click_a_modal_and_a_command_go_by_the_page(
    page: Page, app: AsyncApp, connect: Connect, slack: AsyncWebClient
) -> None:
    plain = {"type": "plain_text", "text": "Go"}

    @app.action("go")
    async def go(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        view = {"type": "modal", "callback_id": "m", "title": plain, "blocks": []}
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("m")
    async def submitted(ack: Any) -> None:
        await ack()

    @app.command("/dispatch")
    async def command(ack: Any) -> None:
        await ack()

    @app.event("message")
    async def message() -> None:
        return

    await connect(app)
    button = {"type": "button", "action_id": "go", "text": plain}
    blocks = [{"type": "actions", "block_id": "b", "elements": [button]}]
    ts = (await slack.chat_postMessage(channel=GENERAL, text="x", blocks=blocks))["ts"]
    events = page.events("U0ADA")
    await anext(events)
    where = {"channel": GENERAL, "message_ts": ts, "block_id": "b", "action_id": "go"}
    assert (await page.post("actions", user="U0ADA", **where))["acknowledged"]
    name, data = await asyncio.wait_for(anext(events), 60)
    assert name == "view_opened"
    view_id = data["view"]["id"]
    assert await page.post("views/submit", user="U0ADA", view_id=view_id, state={"values": {}}) == {
        "ok": True
    }
    assert await asyncio.wait_for(anext(events), 60) == ("view_closed", {"view_id": view_id})
    sent = await page.post("commands", user="U0ADA", channel=GENERAL, command="/dispatch", text="")
    assert sent == {"ok": True}
    refused = await page.post("commands", user="U0ADA", channel=GENERAL, command="/no", text="")
    assert (refused["ok"], refused["code"]) == (False, "unknown_command")
    await events.aclose()  # type: ignore[attr-defined]


async def test_reactions_faults_home_and_reset_go_by_the_page(
    page: Page, workspace: LocalWorkspace
) -> None:
    ts = await workspace.say("U0ADA", GENERAL, "hi")
    where = {"user": "U0GRACE", "channel": GENERAL, "ts": ts, "name": "eyes"}
    assert await page.post("reactions", **where, add=True) == {"ok": True}
    assert workspace.messages(GENERAL)[0]["reactions"][0]["users"] == ["U0GRACE"]
    faults = (await page.post("faults", id="slow", on=True))["faults"]
    assert [one["id"] for one in faults if one["on"]] == ["slow"]
    assert await page.post("home", user="U0ADA") == {"view": None}
    assert await page.post("reset") == {"ok": True}
    assert workspace.messages(GENERAL) == []
    assert not workspace.faults.on("slow")


async def test_accepted_calls_are_written_to_the_payload_log(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "payloads.jsonl"
    monkeypatch.setenv(PAYLOAD_LOG, str(log))
    client = client_of(await start())
    await client.chat_postMessage(channel=GENERAL, text="kept", blocks=[{"type": "divider"}])
    [line] = log.read_text(encoding="utf-8").splitlines()
    assert json.loads(line) == {
        "method": "chat.postMessage",
        "params": {"channel": GENERAL, "text": "kept", "blocks": [{"type": "divider"}]},
    }
