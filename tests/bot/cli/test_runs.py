"""`dispatch runs`, as a process of its own, beside a server that owns the same database."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from dispatch_core.lifecycle import RunStatus
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings
from dispatch_core.views import Submission
from tests.acceptance.driver import eventually
from tests.bot.cli.command import dispatch

pytestmark = pytest.mark.processes

NUMBERS = count(1)
ENDLESS = "```python\nwhile True:\n    pass\n```"


@pytest.fixture
async def service(home: Path) -> AsyncIterator[Service]:
    """A core at work, with SQLite in the home that the command is given too."""
    service = Service(CoreSettings(home=home, http_port=0), ApprovalRules())
    await service.start()
    yield service
    await service.stop()


async def submit(service: Service, text: str) -> str:
    """Submit a message in a thread of its own; returns its run's id."""
    key = f"T1:C1:{next(NUMBERS)}"
    asked = Submission(key, f"{key}/1", "T1:U0ADA", text, datetime.now(UTC))
    receipt = await service.dispatcher.submit(asked)
    assert receipt.run_id is not None
    return receipt.run_id


async def comes_to(service: Service, run_id: str, status: RunStatus) -> None:
    async def look() -> bool:
        return (await service.dispatcher.run(run_id)).status is status

    await eventually(look, f"run {run_id} to be {status.value}")


async def test_a_run_of_another_process_is_listed_shown_and_stopped(service: Service) -> None:
    run_id = await submit(service, ENDLESS)
    await comes_to(service, run_id, RunStatus.RUNNING)
    listed = await dispatch("runs", "list", "--status", "active", "--json")
    assert listed.err == ""
    assert [json.loads(line)["id"] for line in listed.out.splitlines()] == [run_id]
    shown = await dispatch("runs", "show", run_id[:20], "--json")
    report = json.loads(shown.out)
    assert report["steps"][0]["tool"] == "run_code"
    assert report["holding"]["owner"]
    stopped = await dispatch("runs", "cancel", run_id)
    assert (stopped.code, stopped.err) == (0, "")
    assert f"Run {run_id} is asked to stop" in stopped.out
    await comes_to(service, run_id, RunStatus.CANCELLED)
    assert (await service.dispatcher.run(run_id)).stopped_by == "operator"
    words = (await dispatch("runs", "show", run_id)).out
    assert "cancelled (stopped)" in words
    assert "stopped by: operator" in words


async def test_a_run_that_has_ended_is_not_stopped_again(service: Service) -> None:
    run_id = await submit(service, "hello")
    await comes_to(service, run_id, RunStatus.COMPLETED)
    refused = await dispatch("runs", "cancel", run_id)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == "This run has already ended: completed.\n"
    listed = await dispatch("runs", "list", "--status", "failed", "--route", "inline")
    assert listed.out == "There are no such runs.\n"


async def test_without_a_database_it_says_so_and_makes_none(home: Path) -> None:
    ended = await dispatch("runs", "list")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("There is no database ")
    assert not (home / "dispatch.db").exists()
