"""A workspace with a small manifest, and a small app that connects to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_workspace.pace import Pace
from bot.local_workspace.workspace import LocalWorkspace

from .bare_socket import Wire
from .small_app import Heard

SCOPES = [
    "app_mentions:read",
    "channels:history",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "im:history",
    "reactions:write",
    "usergroups:read",
    "users:read",
]
EVENTS = ["app_home_opened", "app_mention", "message.channels", "message.im"]
QUICK = Pace(
    ack=30.0, trigger=30.0, redelivery=(0.0, 0.05, 0.1), share=0.0, slow=0.05, rate_limits=False
)
"""Slack's times shortened, and no rate limits: for tests that are about something else."""


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


def manifest_with(scopes: list[str] = SCOPES, events: list[str] = EVENTS) -> dict[str, Any]:
    return {
        "display_information": {"name": "Dispatch"},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "bot_user": {"display_name": "Dispatch"},
            "slash_commands": [
                {"command": "/dispatch", "description": "Start a task", "should_escape": True}
            ],
        },
        "oauth_config": {"scopes": {"bot": scopes}},
        "settings": {
            "event_subscriptions": {"bot_events": events},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
        },
    }


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    return write_manifest(tmp_path, manifest_with())


def write_manifest(folder: Path, content: dict[str, Any]) -> Path:
    path = folder / "manifest.yml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


Start = Callable[..., Any]


@pytest.fixture
async def start(tmp_path: Path, manifest: Path) -> AsyncIterator[Start]:
    """`await start(pace=…, home=…, scopes=…)` opens a workspace that the test's end closes."""
    async with AsyncExitStack() as stack:

        async def started(
            *,
            pace: Pace = QUICK,
            home: Path | None = None,
            scopes: list[str] | None = None,
            events: list[str] | None = None,
        ) -> LocalWorkspace:
            content = manifest_with(SCOPES if scopes is None else scopes, events or EVENTS)
            workspace = LocalWorkspace(write_manifest(tmp_path, content), home, pace=pace)
            await workspace.start(port=0)
            stack.push_async_callback(workspace.stop)
            return workspace

        yield started


@pytest.fixture
async def workspace(start: Start) -> LocalWorkspace:
    return await start()


@pytest.fixture
def slack(workspace: LocalWorkspace) -> AsyncWebClient:
    return client_of(workspace)


def client_of(workspace: LocalWorkspace, token: str = "") -> AsyncWebClient:
    return AsyncWebClient(
        token=token or workspace.bot_token, base_url=workspace.api_url, retry_handlers=[]
    )


Connect = Callable[[AsyncApp], Any]


@pytest.fixture
async def connect(workspace: LocalWorkspace) -> AsyncIterator[Connect]:
    """`await connect(app)` lets a Bolt app listen by Socket Mode until the test ends."""
    async with AsyncExitStack() as stack:

        async def connected(app: AsyncApp) -> AsyncSocketModeHandler:
            handler = AsyncSocketModeHandler(app, workspace.app_token)
            await handler.connect_async()
            stack.push_async_callback(handler.close_async)
            await workspace.wait_until(lambda: workspace.slack.connected)
            return handler

        yield connected


@pytest.fixture
def app(workspace: LocalWorkspace) -> AsyncApp:
    return AsyncApp(client=client_of(workspace))


async def refusal(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as raised:
        await call
    return str(raised.value.response["error"])


@pytest.fixture
async def heard(app: AsyncApp, connect: Connect) -> Heard:
    heard = Heard(app)
    await connect(app)
    return heard


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with aiohttp.ClientSession() as session:
        yield Wire(session)
