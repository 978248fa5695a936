"""What Prometheus gets from a whole core at work, on both databases."""

import math
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.records import gauges
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings
from dispatch_core.upgrade import upgrade_database
from dispatch_core.views import Submission
from tests.acceptance.driver import eventually


@pytest.fixture
async def service(
    home: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Service]:
    # What has just ended is counted at once, and need not settle first.
    monkeypatch.setattr(gauges, "SETTLED", timedelta(0))
    settings = CoreSettings(home=home, database_url=database, http_port=0)
    upgrade_database(settings)
    service = Service(settings, ApprovalRules())
    await service.start()
    yield service
    await service.stop()


async def scraped(service: Service) -> dict[tuple[str, ...], float]:
    """Each sample's value by its name and its labels' values, in the order of their names."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{service.http_port}/metrics") as answer,
    ):
        families = text_string_to_metric_families(await answer.text())
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in families
            for sample in family.samples
        }


async def test_a_run_is_seen_from_its_queue_to_its_end(service: Service) -> None:
    before = await scraped(service)
    assert before["dispatch_store_up",] == 1
    assert before["dispatch_queue_depth", "core"] == 0
    assert before["dispatch_home_free_bytes",] > 0
    assert before["dispatch_runs_ended_total", "worker_lost", "cloud-code"] == 0
    asked = Submission("T1:C1:1", "T1:C1:1/1", "T1:U0ADA", "hello", datetime.now(UTC))
    run_id = (await service.dispatcher.submit(asked)).run_id or ""

    async def ended() -> bool:
        return not (await service.dispatcher.run(run_id)).active

    # A scrape between its end and its commit would count it late, so none is made meanwhile.
    await eventually(ended, "the run to end")
    after = await scraped(service)
    assert after["dispatch_runs_ended_total", "done", "inline"] == 1
    assert after["dispatch_runs", "queued"] == 0
    batches = "dispatch_writer_batch_pieces_count"
    assert after[batches,] > before[batches,]
    assert after["dispatch_writer_commit_seconds_sum",] > 0
    assert after["dispatch_announcer_lag_seconds",] >= 0
    assert (await scraped(service))["dispatch_runs_ended_total", "done", "inline"] == 1


async def test_only_who_announces_stands_by_and_counts_slacks_errors_from_nought(
    service: Service,
) -> None:
    # A worker's 0 would hide from `min` that all who could announce stand by.
    assert ("dispatch_announcer_standing_by",) not in await scraped(service)
    service.dispatcher.parts.meters.announces(["unreachable"])
    after = await scraped(service)
    assert after["dispatch_announcer_standing_by",] == 1
    assert after["dispatch_slack_errors_total", "unreachable"] == 0


async def test_what_the_database_says_is_not_told_while_it_does_not_answer(
    service: Service,
) -> None:
    assert (await scraped(service))["dispatch_announcer_lag_seconds",] == 0
    service.dispatcher.parts.meters.show(None)
    lag = text_string_to_metric_families(
        generate_latest(service.dispatcher.parts.meters.registry).decode()
    )
    shared = {sample.name: sample.value for family in lag for sample in family.samples}
    assert shared["dispatch_store_up"] == 0
    assert math.isnan(shared["dispatch_announcer_lag_seconds"])
    assert math.isnan(shared["dispatch_approvals_oldest_seconds"])
    assert "dispatch_runs" not in shared


async def test_a_process_that_is_woken_by_others_says_so(service: Service, database: str) -> None:
    name = ("dispatch_listener_up",)
    if not database:
        assert name not in await scraped(service)
        return

    async def hears() -> bool:
        return (await scraped(service))[name] == 1

    await eventually(hears, "the listener to be up")
