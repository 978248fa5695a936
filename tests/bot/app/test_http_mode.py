"""Slack over signed HTTP: the same listeners behind POST /slack/events."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.commands.serving import serving
from bot.local_workspace.workspace import LocalWorkspace
from tests.bot.listeners.desk import (
    ADA,
    BOT,
    MANIFEST,
    QUICK,
    Desk,
    core_settings,
    slack_settings,
)


@pytest.fixture
async def desk(home: Path) -> AsyncIterator[Desk]:
    workspace = LocalWorkspace(MANIFEST, pace=QUICK)
    await workspace.start(port=0)
    slack = slack_settings(workspace, slack_app_token=None)
    try:
        async with serving(core_settings(home), slack) as (service, front):
            workspace.serve_over_http(f"http://127.0.0.1:{service.http_port}/slack/events")
            yield Desk(workspace, service, front)
    finally:
        await workspace.stop()


async def _post(desk: Desk, body: str, secret: str, age: int = 0) -> int:
    moment = str(int(time.time()) - age)
    base = f"v0:{moment}:{body}".encode()
    signature = "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    headers = {
        "content-type": "application/json",
        "x-slack-request-timestamp": moment,
        "x-slack-signature": signature,
    }
    url = f"http://127.0.0.1:{desk.service.http_port}/slack/events"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=headers) as answer,
    ):
        return answer.status


def _body(desk: Desk, ts: str) -> str:
    event = {"type": "message", "user": ADA, "text": "hello", "ts": ts, "channel": "D0ADA"}
    whole = desk.workspace.slack.outbound._wrapped(event | {"channel_type": "im"}, "D0ADA")
    return json.dumps(whole)


async def test_a_mention_over_http_is_one_run(desk: Desk) -> None:
    ts = await desk.say(ADA, f"{BOT} 2 + 3")
    await desk.card("completed")
    assert len(await desk.runs(ts)) == 1


async def test_a_click_and_a_command_over_http_are_answered(desk: Desk) -> None:
    await desk.command(ADA, "/devices", "")
    await desk.whispered(ADA, "You have no paired device yet")
    ts, _ = await desk.a_waiting_run()
    assert await desk.click(ADA, await desk.card("approval_approve"), "approval_approve")
    assert (await desk.approvals(ts))[0].decided_by == "T0DISPATCH:U0ADA"


async def test_a_signed_request_is_taken_and_another_is_not(desk: Desk) -> None:
    body = _body(desk, "1795000000.000100")
    assert await _post(desk, body, "somebody's guess") == 401
    assert await _post(desk, body, desk.workspace.signing_secret, age=600) == 401
    assert await desk.runs("1795000000.000100", "D0ADA") == []
    assert await _post(desk, body, desk.workspace.signing_secret) == 200
    assert len(await desk.runs("1795000000.000100", "D0ADA")) == 1


async def test_slack_s_check_of_the_address_is_answered(desk: Desk) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "t"})
    assert await _post(desk, body, desk.workspace.signing_secret) == 200
