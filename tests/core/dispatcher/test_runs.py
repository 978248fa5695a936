"""Runs of one thread go one at a time; stop and retry do what they say."""

from datetime import timedelta

import pytest

from dispatch_core.errors import AlreadyEnded, LostClaim, NotYours, StillActive
from dispatch_core.lifecycle import EndReason, Route, RunStatus
from dispatch_core.planning.planner import Finish
from tests.core.engine import ADA, SAM, Engine, decider

DONE = Finish(EndReason.DONE, "done")


async def test_the_runs_of_a_thread_go_one_at_a_time_in_the_order_of_their_messages(
    engine: Engine,
) -> None:
    first, second = await engine.ask(), await engine.ask()
    other = await engine.ask(thread="T1:C1:9")
    works = await engine.desk.claim("worker-1", 10)
    assert {work.claim.run_id for work in works} == {first, other}
    await engine.desk.finish(works[0].claim, DONE)
    assert (await engine.claim()).claim.run_id == second


async def test_a_run_that_waits_for_an_approval_holds_up_nobody(engine: Engine) -> None:
    await engine.pair()
    await engine.ask_for_shell()
    later = await engine.ask()
    assert (await engine.claim()).claim.run_id == later


async def test_a_run_whose_device_is_away_holds_up_nobody(engine: Engine) -> None:
    device = await engine.pair()
    waiting = await engine.ask("ls .")
    await engine.plan(await engine.claim())
    engine.clock.move(minutes=5)
    await engine.upkeep.tick()
    assert "has not connected" in (await engine.dispatcher.run(waiting)).activity
    later = await engine.ask()
    claim = (await engine.claim()).claim
    assert claim.run_id == later
    await engine.desk.finish(claim, DONE)
    assert await engine.order(device, 0) is not None


async def test_stop_ends_what_was_asked_before_and_never_a_newer_run(engine: Engine) -> None:
    older = await engine.ask()
    moment = engine.clock.now + timedelta(milliseconds=1)
    engine.clock.move(seconds=1)
    newer = await engine.ask()
    stopped = await engine.dispatcher.stop("T1:C1:1", decider(ADA), moment)
    assert [run.id for run in stopped] == [older]
    assert (await engine.dispatcher.run(newer)).active


async def test_a_running_run_is_asked_to_stop_and_ends_as_stopped(engine: Engine) -> None:
    run_id = await engine.ask()
    claim = (await engine.claim()).claim
    view = await engine.dispatcher.cancel(run_id, decider(ADA))
    assert (view.status, view.stop_requested) == (RunStatus.RUNNING, True)
    assert await engine.desk.stops_asked([claim]) == {run_id}
    await engine.desk.finish(claim, Finish(EndReason.ERROR, "half"))
    assert (await engine.dispatcher.run(run_id)).reason is EndReason.STOPPED


async def test_who_neither_asked_nor_approves_may_not_stop(engine: Engine) -> None:
    run_id = await engine.ask()
    with pytest.raises(NotYours):
        await engine.dispatcher.cancel(run_id, decider(SAM))
    with pytest.raises(NotYours):
        await engine.dispatcher.stop("T1:C1:1", decider(SAM), engine.clock.now + timedelta(1))


async def test_an_ended_run_is_not_stopped_again(engine: Engine) -> None:
    run_id = await engine.ask()
    await engine.dispatcher.cancel(run_id, decider(ADA))
    with pytest.raises(AlreadyEnded):
        await engine.dispatcher.cancel(run_id, decider(ADA))


async def test_a_retry_is_a_new_run_and_a_double_click_is_one(engine: Engine) -> None:
    run_id = await engine.ask()
    with pytest.raises(StillActive):
        await engine.dispatcher.retry(run_id, decider(ADA), "click-1")
    await engine.desk.finish((await engine.claim()).claim, DONE)
    one = await engine.dispatcher.retry(run_id, decider(ADA), "click-1", Route.CLOUD_KNOWLEDGE)
    two = await engine.dispatcher.retry(run_id, decider(ADA), "click-1", Route.CLOUD_KNOWLEDGE)
    new = await engine.dispatcher.run(one.run_id or "")
    assert one.run_id == two.run_id != run_id
    assert (new.retry_of, new.route) == (run_id, Route.CLOUD_KNOWLEDGE)


async def test_a_lost_workers_run_is_queued_again_and_the_late_worker_changes_nothing(
    engine: Engine,
) -> None:
    run_id = await engine.ask()
    late = (await engine.claim()).claim
    engine.clock.move(minutes=1)
    assert await engine.upkeep.recover_lost() == 1
    fresh = (await engine.claim()).claim
    with pytest.raises(LostClaim):
        await engine.desk.finish(late, DONE)
    assert await engine.desk.renew("worker-1", [late]) == set()
    await engine.desk.finish(fresh, DONE)
    assert (await engine.dispatcher.run(run_id)).reason is EndReason.DONE


async def test_a_run_that_keeps_killing_its_worker_is_given_up(engine: Engine) -> None:
    run_id = await engine.ask()
    for _ in range(3):
        await engine.claim()
        engine.clock.move(minutes=1)
        await engine.upkeep.recover_lost()
    assert (await engine.dispatcher.run(run_id)).reason is EndReason.WORKER_LOST


async def test_a_lease_that_is_renewed_is_not_lost(engine: Engine) -> None:
    await engine.ask()
    claim = (await engine.claim()).claim
    for _ in range(4):
        engine.clock.move(seconds=10)
        assert await engine.desk.renew("worker-1", [claim]) == {claim}
        assert await engine.upkeep.recover_lost() == 0
