"""Dispatch's scenarios on a Slack that others wrote, by Socket Mode and by signed HTTP."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.processes import Companion, serving
from tests.acceptance.scenarios import SCENARIOS, Scenario, Stage
from tests.foreign.emulator import foreign_slack, missing

pytestmark = [
    pytest.mark.foreign,
    pytest.mark.processes,
    pytest.mark.skipif(bool(missing()) and not os.environ.get("CI"), reason=missing()),
]


@pytest.mark.parametrize("mode", ["socket", "events"])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
async def test_on_local_slack(
    scenario: Scenario, mode: str, tmp_path: Path, free_port: Callable[[], int]
) -> None:
    port, events_port = free_port(), free_port()
    companion = Companion(tmp_path / "device", tmp_path / "reachable")
    async with foreign_slack(tmp_path, port, events_port, mode) as slack:
        environment = slack.environment() | {"DISPATCH_APPROVERS": "U0ADA,U0GRACE"}
        async with serving(tmp_path / "server", events_port, environment) as server:
            try:
                await scenario(Stage(slack, server, companion))
            finally:
                await companion.stop()
