"""Whatever stands in a request of Slack's is acknowledged or refused, and leaves no trace."""

import hashlib
import hmac
import json
import logging
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.commands.serving import serving
from bot.local_workspace.workspace import LocalWorkspace
from tests.bot.listeners.desk import (
    ADA,
    GENERAL,
    MANIFEST,
    QUICK,
    Desk,
    core_settings,
    slack_settings,
)

FORM = "application/x-www-form-urlencoded"
TEAM = "T0DISPATCH"
CLICK = {"type": "block_actions", "team": {"id": TEAM}, "user": {"id": ADA}}
ADAS = {"type": "message", "user": ADA, "channel": "D0ADA", "channel_type": "im", "text": "2 + 3"}
SAID = {"ts": "1795000000.000100"}
BARE = {"private_metadata": "x", "state": {"values": {}}}
NUL = "a\0b"


@pytest.fixture
async def desk(home: Path) -> AsyncIterator[Desk]:
    workspace = LocalWorkspace(MANIFEST, pace=QUICK)
    await workspace.start(port=0)
    try:
        slack = slack_settings(workspace, slack_app_token=None)
        async with serving(core_settings(home), slack) as (service, front):
            yield Desk(workspace, service, front)
    finally:
        await workspace.stop()


@pytest.fixture(autouse=True)
def no_trace(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever came, nothing was logged as an error."""
    caplog.set_level(logging.INFO)
    yield
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []


async def post(
    desk: Desk, body: bytes, kind: str = "application/json", **headers: str
) -> tuple[int, str]:
    """The status and the words that answer a signed request; headers replace its own."""
    moment = str(int(time.time()))
    base = f"v0:{moment}:".encode() + body
    secret = desk.workspace.signing_secret.encode()
    signed = {
        "content-type": kind,
        "x-slack-request-timestamp": moment,
        "x-slack-signature": "v0=" + hmac.new(secret, base, hashlib.sha256).hexdigest(),
    }
    url = f"http://127.0.0.1:{desk.service.http_port}/slack/events"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=signed | headers) as answer,
    ):
        return answer.status, await answer.text()


async def tell(desk: Desk, event: Any) -> tuple[int, str]:
    body = {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": event}
    return await post(desk, json.dumps(body).encode())


async def act(desk: Desk, payload: Any) -> tuple[int, str]:
    return await post(desk, urlencode({"payload": json.dumps(payload)}).encode(), FORM)


@pytest.mark.parametrize(
    "body",
    [
        b"nonsense",
        b"[]",
        b"7",
        b"null",
        b"[" * 5_000,
        b'{"event":null}',
        b'{"event":NaN}',
        b'{"type":"event_callback","event":"x"}',
        b'{"authorizations":["x"],"event":{"type":"message"}}',
    ],
)
async def test_a_signed_body_that_is_none_of_slack_s_is_refused(desk: Desk, body: bytes) -> None:
    status, words = await post(desk, body)
    assert status == 400
    assert json.loads(words)["message"].startswith("I can't read this request")


@pytest.mark.parametrize(
    "headers",
    [
        {"x-slack-request-timestamp": "abc"},
        {"x-slack-request-timestamp": "9" * 5_000},
        {"x-slack-signature": "\udcff\udcfe"},
        {"x-slack-signature": ""},
    ],
)
async def test_what_is_not_signed_by_slack_is_refused_unread_and_kept_out_of_the_log(
    desk: Desk, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    status, words = await post(desk, b"somebody's words", **headers)
    assert status == 401
    assert json.loads(words)["message"] == "This request is not signed by Slack."
    assert "somebody's words" not in caplog.text


async def test_slack_s_check_of_the_certificate_needs_no_signature(desk: Desk) -> None:
    status, _ = await post(desk, b"ssl_check=1&token=t", FORM, **{"x-slack-signature": ""})
    assert status == 200


@pytest.mark.parametrize(
    "strange",
    [
        {},
        {"ts": "abc"},
        {"ts": "99999999999999999999.1"},
        {**SAID, "thread_ts": NUL},
        {**SAID, "user": 5},
        {**SAID, "user": "x" * 5_000},
        {**SAID, "channel": 5},
        {**SAID, "subtype": []},
        {**SAID, "subtype": "message_changed"},
        {**SAID, "subtype": "message_deleted", "user": None},
        {**SAID, "files": "x"},
        {**SAID, "files": [{}]},
        {**SAID, "bot_id": "B1"},
    ],
)
async def test_a_strange_message_is_acknowledged_and_starts_nothing(
    desk: Desk, strange: dict[str, Any]
) -> None:
    status, _ = await tell(desk, ADAS | strange)
    assert status in {200, 400}
    assert await desk.runs(SAID["ts"], "D0ADA") == []


@pytest.mark.parametrize("size", ["big", -1, 10**30, None])
async def test_a_file_of_a_strange_size_is_no_reason_to_lose_its_message(
    desk: Desk, size: object
) -> None:
    file = {"id": "F1", "name": NUL, "size": size}
    assert await tell(desk, ADAS | SAID | {"files": [file]}) == (200, "")
    assert len(await desk.runs(SAID["ts"], "D0ADA")) == 1


@pytest.mark.parametrize("event", [{"type": 5}, {}, {"type": "app_home_opened", "user": 5}])
async def test_a_strange_event_is_acknowledged_or_refused(desk: Desk, event: Any) -> None:
    assert (await tell(desk, event))[0] in {200, 400}


@pytest.mark.parametrize(
    "action",
    [
        {"action_id": "approval_approve"},
        {"action_id": "approval_approve", "value": NUL},
        {"action_id": "approval_always", "value": {}},
        {"action_id": "run_elsewhere", "selected_option": {"value": "x|nowhere"}},
        {"action_id": "run_elsewhere", "selected_option": None},
        {"action_id": "run_device", "selected_option": {}},
        {"action_id": "run_retry", "value": "x", "action_ts": "abc"},
        {"action_id": "schedule_run", "value": "x" * 3_001},
        {"action_id": "device_rename", "value": "gone"},
        {"action_id": "nobody_s", "value": "x"},
    ],
)
async def test_a_strange_click_is_acknowledged(desk: Desk, action: dict[str, Any]) -> None:
    assert await act(desk, CLICK | {"actions": [{"type": "button", **action}]}) == (200, "")


@pytest.mark.parametrize(
    "strange",
    [{"actions": []}, {"actions": None}, {"actions": [5]}, {"user": "x"}, {"container": "x"}],
)
async def test_a_click_of_a_strange_shape_is_acknowledged_or_refused(
    desk: Desk, strange: dict[str, Any]
) -> None:
    action = {"type": "button", "action_id": "run_cancel", "value": "x"}
    status, _ = await act(desk, CLICK | {"actions": [action]} | strange)
    assert status in {200, 400}


@pytest.mark.parametrize(
    "modal", ["approval_reject", "approval_always", "approval_edit", "device_rename"]
)
@pytest.mark.parametrize(
    "view",
    [BARE, {}, {"private_metadata": "x"}, BARE | {"state": None}, BARE | {"private_metadata": NUL}],
)
async def test_a_modal_with_its_state_missing_is_answered_in_a_modal(
    desk: Desk, modal: str, view: dict[str, Any]
) -> None:
    sent = {"type": "modal", "callback_id": f"{modal}_modal", **view}
    status, words = await act(desk, CLICK | {"type": "view_submission", "view": sent})
    assert status == 200
    assert json.loads(words)["response_action"] in {"update", "push", "errors"}


@pytest.mark.parametrize(
    ("command", "text"),
    [("/dispatch", "x" * 5_000), ("/dispatch", NUL), ("/devices", f"default {NUL}"), ("/no", "x")],
)
async def test_a_strange_command_is_answered(desk: Desk, command: str, text: str) -> None:
    form = {
        "command": command,
        "text": text,
        "user_id": ADA,
        "channel_id": GENERAL,
        "team_id": TEAM,
    }
    assert (await post(desk, urlencode(form).encode(), FORM))[0] == 200


async def test_a_command_of_nobody_is_refused_in_words(desk: Desk) -> None:
    form = {"command": "/dispatch", "text": "x", "channel_id": GENERAL, "team_id": TEAM}
    status, words = await post(desk, urlencode(form).encode(), FORM)
    assert status == 200
    assert "I can't read this request (user_id: " in json.loads(words)["text"]
