"""An envelope that makes no sense is acknowledged over the socket, and what follows is heard."""

import logging
from typing import Any

import pytest

from bot.local_workspace.delivery import Kind
from tests.bot.listeners.desk import ADA, BOT, Desk

TEAM = {"team_id": "T0DISPATCH"}
CLICK = {"type": "block_actions", "team": {"id": "T0DISPATCH"}, "user": {"id": ADA}}


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (Kind.EVENT, TEAM | {"event": None}),
        (Kind.EVENT, TEAM | {"event": {"type": "message"}}),
        (Kind.EVENT, TEAM | {"event": {"type": "message", "channel": 5}}),
        (Kind.EVENT, TEAM | {"authorizations": ["x"], "event": {"type": "message"}}),
        (Kind.EVENT, {"type": "nobody_knows"}),
        (Kind.INTERACTIVE, {}),
        (Kind.INTERACTIVE, CLICK | {"actions": []}),
        (Kind.INTERACTIVE, CLICK | {"actions": [{"action_id": "run_cancel"}]}),
        (Kind.INTERACTIVE, CLICK | {"type": "view_submission", "view": None}),
        (Kind.COMMAND, {"command": "/dispatch"}),
    ],
)
async def test_a_strange_envelope_is_acknowledged_and_the_next_one_is_heard(
    desk: Desk, kind: Kind, payload: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    await desk.workspace.slack.outbound.ask(kind, payload)
    ts = await desk.say(ADA, f"{BOT} 2 + 3")
    assert len(await desk.runs(ts)) == 1
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []
