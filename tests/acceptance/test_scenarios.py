"""Dispatch's scenarios on the local workspace, by Socket Mode and by signed HTTP."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.local_slack import local_slack
from tests.acceptance.processes import Companion, serving
from tests.acceptance.scenarios import SCENARIOS, Scenario, Stage


@pytest.mark.processes
@pytest.mark.parametrize("way", ["socket", "events"])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
async def test_on_the_local_workspace(
    scenario: Scenario, way: str, tmp_path: Path, free_port: Callable[[], int]
) -> None:
    port = free_port()
    companion = Companion(tmp_path / "device", tmp_path / "reachable")
    async with local_slack(port, way) as slack:
        environment = slack.environment() | {"DISPATCH_APPROVERS": "U0ADA,U0GRACE"}
        async with serving(tmp_path / "server", port, environment) as server:
            try:
                await scenario(Stage(slack, server, companion))
            finally:
                await companion.stop()
