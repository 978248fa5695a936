"""A workspace, a small app that notes what it is told, and people who sit at the page."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_workspace.pace import Pace
from bot.local_workspace.workspace import LocalWorkspace
from tests.bot.local_workspace_page import gallery
from tests.browser import chromium, chromium_page, faults_of, window  # noqa: F401

MANIFEST = Path(__file__).parents[3] / "manifest.yml"
PACE = Pace(ack=60.0, trigger=60.0, share=0.0, rate_limits=False)
"""Patient with a machine that is slow; files are shared at once, and calls are not counted."""


@pytest.fixture(autouse=True)
def payload_log(clean_environment: None) -> None:
    """Nothing of these tests is held against Slack's types: what speaks here is not the bot."""


class SmallApp:
    """A Bolt app that writes down what people do and answers as the tests need it."""

    def __init__(self, workspace: LocalWorkspace) -> None:
        self.client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
        self.bolt = AsyncApp(client=self.client)
        self.actions: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.mentions: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.submissions: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.bolt.action(re.compile(".*"))(self._acted)
        self.bolt.command("/devices")(self._opens_a_form)
        self.bolt.command("/dispatch")(self._answers_its_asker)
        self.bolt.view("form")(self._takes_the_form)
        self.bolt.event("app_home_opened")(self._publishes_home)
        self.bolt.event("app_mention")(self._mentioned)
        self.bolt.event("message")(_ignore)

    async def post(self, channel: str = "C0GENERAL", **told: Any) -> str:
        """Post as the app; the message's ts."""
        answer = await self.client.chat_postMessage(channel=channel, **({"text": "…"} | told))
        return str(answer["ts"])

    async def _acted(self, ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await self.actions.put(body)

    async def _opens_a_form(self, ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await self.client.views_open(trigger_id=body["trigger_id"], view=gallery.modal())

    async def _answers_its_asker(self, ack: Any, body: dict[str, Any]) -> None:
        await ack(f"You said “{body['text']}”.")

    async def _takes_the_form(self, ack: Any, view: dict[str, Any]) -> None:
        values = view["state"]["values"]
        if values["name"]["text"]["value"] == "taken":
            await ack(response_action="errors", errors={"name": "That name is taken."})
            return
        await ack()
        await self.submissions.put(values)

    async def _publishes_home(self, event: dict[str, Any]) -> None:
        await self.client.views_publish(user_id=event["user"], view=gallery.home())

    async def _mentioned(self, event: dict[str, Any]) -> None:
        await self.mentions.put(event)
        await self.post(event["channel"], text="Heard.", thread_ts=event["ts"])


async def _ignore() -> None:
    """Messages that mention nobody need no answer."""


@pytest.fixture
async def workspace(free_port: Callable[[], int]) -> AsyncIterator[LocalWorkspace]:
    """A real one on a free port, which stays its own over a restart."""
    workspace = LocalWorkspace(MANIFEST, pace=PACE)
    await workspace.start(port=free_port())
    yield workspace
    await workspace.stop()


@pytest.fixture
async def app(workspace: LocalWorkspace) -> AsyncIterator[SmallApp]:
    """The small app, connected by Socket Mode."""
    small = SmallApp(workspace)
    handler = AsyncSocketModeHandler(small.bolt, workspace.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await workspace.wait_until(lambda: workspace.slack.connected)
    yield small
    await handler.close_async()  # type: ignore[no-untyped-call]


Sit = Callable[..., Awaitable[Page]]


@pytest.fixture
async def sit(workspace: LocalWorkspace, chromium: Browser) -> AsyncIterator[Sit]:  # noqa: F811
    """`await sit("U0ADA", "C0GENERAL")`: somebody opens the page; script errors fail the test."""
    faults: list[list[str]] = []

    async def seated(user: str = "U0ADA", place: str = "C0GENERAL", **look: Any) -> Page:
        page = await window(chromium, **look)
        faults.append(faults_of(page))
        await page.goto(f"{workspace.url}/?user={user}#{place}")
        await page.get_by_test_id("person-switch").wait_for(state="attached")
        return page

    yield seated
    assert not any(faults), faults
