"""A clock that is set by a day, and back: nothing expires by it, and no lease lasts a day."""

from datetime import timedelta
from pathlib import Path

import pytest

from dispatch_core.dispatcher import clock_watch
from dispatch_core.dispatcher.clock_watch import CALM_SECONDS, ClockWatch
from dispatch_core.lifecycle import ApprovalStatus, EndReason, RunStatus
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.records import leases
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings
from dispatch_core.views import Decision
from tests.acceptance.driver import eventually
from tests.core.engine import ADA, Clock, Engine, decider, open_engine

DAY = 86_400.0


class Watched:
    """A watch over an engine whose own time passes only when the test says so."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.at = 0.0
        engine.dispatcher.parts.calm.monotonic = lambda: self.at
        self.watch = ClockWatch(engine.dispatcher.parts)

    def pass_by(self, seconds: float) -> None:
        """Let time pass, on both clocks."""
        self.at += seconds
        self.engine.clock.move(seconds=seconds)

    async def tick(self) -> None:
        """What the service does each second."""
        if await self.watch.steady():
            await self.engine.upkeep.tick()


@pytest.fixture
async def watched(engine: Engine) -> Watched:
    watched = Watched(engine)
    await watched.tick()
    return watched


async def status_of(engine: Engine, approval_id: str) -> ApprovalStatus:
    return (await engine.dispatcher.approval(approval_id)).status


async def test_an_approval_outlives_a_jump_of_two_days_and_back(
    watched: Watched, engine: Engine
) -> None:
    await engine.pair()
    approval = await engine.ask_for_shell()
    for jump in (2 * DAY, -2 * DAY):
        engine.clock.move(seconds=jump)
        for _ in range(3):
            await watched.tick()
            watched.pass_by(1)
    watched.pass_by(CALM_SECONDS)
    await watched.tick()
    assert await status_of(engine, approval.id) is ApprovalStatus.PENDING
    decided = await engine.dispatcher.decide(approval.id, Decision.APPROVE, decider(ADA))
    assert decided.status is ApprovalStatus.APPROVED


async def test_a_jump_between_the_look_and_the_judgement_ends_nothing(
    watched: Watched, engine: Engine
) -> None:
    await engine.pair()
    approval = await engine.ask_for_shell()
    await engine.ask()
    await engine.claim()
    engine.clock.move(seconds=2 * DAY)
    await engine.upkeep.tick()
    assert await engine.upkeep.recover_lost() == 0
    assert await status_of(engine, approval.id) is ApprovalStatus.PENDING
    decided = await engine.dispatcher.decide(approval.id, Decision.APPROVE, decider(ADA))
    assert decided.status is ApprovalStatus.APPROVED


async def test_who_decides_while_the_clock_is_wrong_is_heard(
    watched: Watched, engine: Engine
) -> None:
    await engine.pair()
    approval = await engine.ask_for_shell()
    engine.clock.move(seconds=2 * DAY)
    await watched.tick()
    decided = await engine.dispatcher.decide(approval.id, Decision.APPROVE, decider(ADA))
    assert decided.status is ApprovalStatus.APPROVED


async def test_a_clock_that_stays_where_it_was_set_counts_after_some_minutes(
    watched: Watched, engine: Engine
) -> None:
    await engine.pair()
    approval = await engine.ask_for_shell()
    engine.clock.move(seconds=2 * DAY)
    await watched.tick()
    watched.pass_by(CALM_SECONDS - 1)
    await watched.tick()
    assert await status_of(engine, approval.id) is ApprovalStatus.PENDING
    watched.pass_by(1)
    await watched.tick()
    assert await status_of(engine, approval.id) is ApprovalStatus.EXPIRED


async def test_time_that_passes_while_nobody_looks_is_no_jump(
    watched: Watched, engine: Engine
) -> None:
    await engine.pair()
    approval = await engine.ask_for_shell()
    watched.pass_by(2 * DAY)
    await watched.tick()
    assert await status_of(engine, approval.id) is ApprovalStatus.EXPIRED


async def test_a_living_workers_run_is_not_taken_by_a_jump(
    watched: Watched, engine: Engine
) -> None:
    await engine.ask()
    work = await engine.claim()
    engine.clock.move(seconds=DAY)
    await watched.tick()
    assert await engine.upkeep.recover_lost() == 0
    assert await engine.desk.renew("worker-1", [work.claim]) == {work.claim}


async def test_after_a_jump_back_a_dead_workers_run_is_taken_up_within_a_lease(
    watched: Watched, engine: Engine
) -> None:
    run_id = await engine.ask()
    await engine.claim()
    await engine.store.write(lambda tx: leases.take(tx, "announcer", "one", 15))
    engine.clock.move(seconds=-DAY)
    await watched.tick()
    watched.pass_by(CALM_SECONDS)
    await watched.tick()
    assert (await engine.dispatcher.run(run_id)).status is RunStatus.QUEUED
    assert await engine.store.write(lambda tx: leases.take(tx, "announcer", "other", 15))


async def test_a_service_says_that_its_clock_jumped_and_lets_nothing_expire(
    home: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_engine(home) as outside:
        await outside.pair()
        approval = await outside.ask_for_shell()
    clock = Clock()
    service = Service(CoreSettings(home=home, http_port=0), ApprovalRules(), clock=clock)
    await service.start()

    async def jumps(times: int) -> None:
        async def look() -> bool:
            return caplog.text.count("the database's clock jumped by") == times

        await eventually(look, "the jump to be noticed")

    async def ticked() -> bool:
        return service._parts.calm.ahead is not None

    try:
        await eventually(ticked, "the first tick")
        clock.now += timedelta(days=2)
        await jumps(1)
        clock.now -= timedelta(days=2)
        await jumps(2)
        assert (await service.dispatcher.approval(approval.id)).status is ApprovalStatus.PENDING
        monkeypatch.setattr(clock_watch, "CALM_SECONDS", 0.1)
        clock.now += timedelta(days=2)

        async def ended() -> bool:
            reason = (await service.dispatcher.run(approval.run_id)).reason
            return reason is EndReason.APPROVAL_EXPIRED

        await eventually(ended, "the approval to expire by the clock that stayed")
    finally:
        await service.stop()
