"""Delivery over signed HTTP, as Bolt verifies it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from bot.local_workspace.pace import Pace
from bot.local_workspace.workspace import LocalWorkspace

from .conftest import QUICK, client_of

GENERAL = "C0GENERAL"


class Door:
    """An HTTP server on a port of its own; `answer` may be exchanged by a test."""

    def __init__(self) -> None:
        self.seen: list[tuple[web.Request, str]] = []
        self.statuses: list[int] = []
        self.headers: dict[str, str] = {}
        self.app: AsyncApp | None = None
        self.url = ""

    async def serve(self, request: web.Request) -> web.Response:
        self.seen.append((request, await request.text()))
        if self.app:
            return await to_aiohttp_response(
                await self.app.async_dispatch(await to_bolt_request(request))
            )
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, headers=self.headers)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = Door()
    application = web.Application()
    application.add_routes([web.post("/slack/events", door.serve)])
    runner = web.AppRunner(application, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    door.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield door
    await runner.cleanup()


@pytest.fixture
async def workspace(manifest: Path, door: Door) -> AsyncIterator[LocalWorkspace]:
    workspace = LocalWorkspace(manifest, events_url=door.url, pace=QUICK)
    await workspace.start(port=0)
    yield workspace
    await workspace.stop()


async def test_an_event_is_signed(workspace: LocalWorkspace, door: Door) -> None:
    await workspace.say("U0ADA", "D0ADA", "hi")
    await workspace.slack.outbound.quiet()
    [(request, body)] = door.seen
    verifier = SignatureVerifier(workspace.signing_secret)
    assert verifier.is_valid_request(body, dict(request.headers))


async def test_an_error_is_tried_again_and_says_so(workspace: LocalWorkspace, door: Door) -> None:
    door.statuses = [500, 500]
    await workspace.say("U0ADA", "D0ADA", "hi")
    await workspace.slack.outbound.quiet()
    tries = [request.headers.get("x-slack-retry-num") for request, _ in door.seen]
    assert tries == [None, "1", "2"]
    assert door.seen[1][0].headers["x-slack-retry-reason"] == "http_error"


async def test_no_retry_is_honoured(workspace: LocalWorkspace, door: Door) -> None:
    door.statuses, door.headers = [500], {"x-slack-no-retry": "1"}
    await workspace.say("U0ADA", "D0ADA", "hi")
    await workspace.slack.outbound.quiet()
    assert len(door.seen) == 1


async def test_bolt_serves_events_clicks_and_commands_over_http(
    workspace: LocalWorkspace, door: Door
) -> None:
    slack = client_of(workspace)
    app = AsyncApp(client=slack, signing_secret=workspace.signing_secret)
    heard: asyncio.Queue[str] = asyncio.Queue()

    @app.event("app_mention")
    async def mention(event: dict[str, str]) -> None:
        heard.put_nowait(event["text"])

    @app.event("message")
    async def message() -> None:
        return

    @app.action("go")
    async def go(ack: AsyncApp, action: dict[str, str]) -> None:
        await ack()  # type: ignore[operator]
        heard.put_nowait(action["value"])

    @app.command("/dispatch")
    async def command(ack: AsyncApp) -> None:
        await ack("taken")  # type: ignore[operator]

    door.app = app
    await workspace.say("U0ADA", GENERAL, "<@U0DISPATCH> hi")
    assert await asyncio.wait_for(heard.get(), 60) == "<@U0DISPATCH> hi"
    button = {
        "type": "button",
        "action_id": "go",
        "value": "v",
        "text": {"type": "plain_text", "text": "Go"},
    }
    blocks = [{"type": "actions", "elements": [button]}]
    ts = (await slack.chat_postMessage(channel=GENERAL, text="x", blocks=blocks))["ts"]
    assert await workspace.click("U0ADA", GENERAL, ts, "go")
    assert await asyncio.wait_for(heard.get(), 60) == "v"
    await workspace.command("U0ADA", GENERAL, "/dispatch", "x")
    assert workspace.messages(GENERAL, "U0ADA")[-1]["text"] == "taken"
    await workspace.slack.outbound.quiet()


def test_the_pace_of_slack_is_the_default() -> None:
    assert (Pace().ack, Pace().redelivery, Pace().trigger) == (3.0, (0.0, 60.0, 300.0), 3.0)
