"""Two processes on one PostgreSQL do the same thing at the same moment: it is done once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from dispatch_core.approval_errors import AlreadyDecided
from dispatch_core.approval_views import ApprovalView
from dispatch_core.device_errors import DeviceNameTaken, PairingRefused
from dispatch_core.lifecycle import ApprovalStatus, EndReason, RunStatus
from dispatch_core.records import devices, secrets, writer
from dispatch_core.views import Decision, MessageView, RunView, Submission
from tests.core.engine import ADA, START, Engine, decider
from tests.core.records.stopping import LAST, both_at_once, stopped, until_done_or_blocked

Two = tuple[Engine, Engine]


def rows(engine: Engine, query: str) -> list[Any]:
    return engine.store.read_now(lambda tx: list(tx.connection.execute(text(query))))


async def run_of(engine: Engine, run_id: str) -> RunView:
    return await engine.dispatcher.run(run_id)


async def test_no_run_is_claimed_by_two(processes: Two) -> None:
    one, other = processes
    queued = {await one.ask(thread=f"T1:C1:{number}") for number in range(60)}

    async def claim_all(engine: Engine, owner: str) -> list[str]:
        claimed: list[str] = []
        while got := await engine.desk.claim(owner, 3):
            claimed += [work.claim.run_id for work in got]
        return claimed

    mine, theirs = await asyncio.gather(claim_all(one, "w1"), claim_all(other, "w2"))
    assert sorted(mine + theirs) == sorted(queued)


async def test_a_look_into_an_empty_queue_writes_nothing(processes: Two) -> None:
    one, _ = processes
    next_number = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"

    async def writes() -> bool:
        before = rows(one, next_number)
        assert await one.desk.claim("w1", 5) == []
        return rows(one, next_number) != before

    # The server may write something of its own meanwhile, but not each time.
    assert not all([await writes() for _ in range(10)])


async def test_a_process_that_was_held_up_until_the_database_let_it_go_tries_again(
    processes: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = processes
    monkeypatch.setattr(writer, "MOST_SECONDS", 0.3)
    run_id = await one.ask()
    async with stopped(one, one.desk.claim("w1", 1)) as (stop, claiming):
        assert rows(
            one,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state LIKE 'idle in %'"
            " AND pid <> pg_backend_pid() AND datname = current_database()",
        )
        await asyncio.sleep(0.5)
        stop.go()
        [work] = await claiming
    assert work.claim.run_id == run_id


async def test_a_run_that_is_just_being_claimed_is_passed_over(processes: Two) -> None:
    one, other = processes
    first, second = await one.ask(), await one.ask(thread="T1:C1:2")
    async with stopped(one, one.desk.claim("w1", 1)) as (stop, claiming):
        [theirs] = await other.desk.claim("w2", 5)
        stop.go()
        [mine] = await claiming
    assert {mine.claim.run_id, theirs.claim.run_id} == {first, second}


async def test_one_thread_has_one_running_run_whoever_claims(processes: Two) -> None:
    one, other = processes
    await one.ask()
    await one.ask()
    await both_at_once(one, one.desk.claim("w1", 5), other.desk.claim("w2", 5))
    assert rows(one, "SELECT count(*) FROM run WHERE status = 'running'")[0][0] == 1


async def test_a_message_that_two_processes_got_is_one_run(processes: Two) -> None:
    one, other = processes
    message = Submission("T1:C1:9", "T1:C1:9/1", ADA, "hello", START)
    first, second = await both_at_once(
        one, one.dispatcher.submit(message), other.dispatcher.submit(message)
    )
    assert first.run_id == second.run_id
    assert (first.created, second.created) == (True, False)


async def test_two_messages_that_begin_one_thread_are_in_one_thread(processes: Two) -> None:
    one, other = processes
    await both_at_once(one, one.ask(thread="T1:C1:7"), other.ask(thread="T1:C1:7"))
    entries = await one.dispatcher.thread("T1:C1:7")
    assert [entry.position for entry in entries] == [1, 2, 3, 4]


async def test_entries_of_many_processes_stand_one_after_the_other(processes: Two) -> None:
    await asyncio.gather(*[engine.ask() for engine in processes for _ in range(20)])
    entries = await processes[1].dispatcher.thread("T1:C1:1")
    assert sorted(entry.position for entry in entries) == list(range(1, 81))


@pytest.mark.parametrize("before", [LAST, "UPDATE approval"])
async def test_of_two_people_who_decide_at_once_one_decides_and_one_is_told(
    processes: Two, before: str
) -> None:
    one, other = processes
    await one.pair()
    approval = await one.ask_for_shell()
    approve = one.dispatcher.decide(approval.id, Decision.APPROVE, decider(ADA))
    async with stopped(one, approve, before) as (stop, approving):
        rejecting = asyncio.create_task(
            other.dispatcher.decide(approval.id, Decision.REJECT, decider(ADA))
        )
        await until_done_or_blocked(rejecting, one)
        stop.go()
        outcomes = await asyncio.gather(approving, rejecting, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ApprovalView, AlreadyDecided]
    assert (await run_of(one, approval.run_id)).status is RunStatus.QUEUED
    assert rows(one, "SELECT status FROM step") == [("planned",)]


async def test_a_decision_at_the_moment_of_expiry_is_one_or_the_other(processes: Two) -> None:
    one, other = processes
    await one.pair()
    approval = await one.ask_for_shell()
    approve = one.dispatcher.decide(approval.id, Decision.APPROVE, decider(ADA))
    async with stopped(one, approve) as (stop, approving):
        one.clock.now = approval.expires_at + timedelta(seconds=1)
        await other.upkeep.expire_approvals()
        stop.go()
        await approving
    await other.upkeep.expire_approvals()
    assert (await one.dispatcher.approval(approval.id)).status is ApprovalStatus.APPROVED
    assert (await run_of(one, approval.run_id)).status is RunStatus.QUEUED


@pytest.mark.parametrize("before", [LAST, "UPDATE run"])
async def test_a_stop_at_the_moment_of_a_claim_is_not_lost(processes: Two, before: str) -> None:
    one, other = processes
    run_id = await one.ask()
    async with stopped(one, one.dispatcher.cancel(run_id, decider(ADA)), before) as (stop, ending):
        claiming = asyncio.create_task(other.desk.claim("w2", 1))
        await until_done_or_blocked(claiming, one)
        stop.go()
        await ending
    claimed = await claiming
    view = await run_of(one, run_id)
    assert view.stop_requested if claimed else view.reason is EndReason.STOPPED


async def test_a_reminder_is_said_once(processes: Two) -> None:
    one, other = processes
    await one.pair()
    approval = await one.ask_for_shell()
    one.clock.now = approval.expires_at - timedelta(minutes=10)
    await both_at_once(one, one.upkeep.remind(), other.upkeep.remind())
    await other.upkeep.remind()
    said = [entry.body for entry in await one.dispatcher.thread(approval.thread_key)]
    assert sum("still waits" in body.text for body in said if isinstance(body, MessageView)) == 1


async def test_an_expiry_is_applied_once(processes: Two) -> None:
    one, other = processes
    await one.pair()
    approval = await one.ask_for_shell()
    one.clock.now = approval.expires_at + timedelta(seconds=1)
    before = rows(one, "SELECT revision FROM entry ORDER BY id")
    await both_at_once(one, one.upkeep.expire_approvals(), other.upkeep.expire_approvals())
    assert (await run_of(one, approval.run_id)).reason is EndReason.APPROVAL_EXPIRED
    after = rows(one, "SELECT revision FROM entry ORDER BY id")
    # The approval and its run are shown anew, once.
    assert sum(new.revision - old.revision for old, new in zip(before, after, strict=True)) == 2


async def test_a_lost_run_is_recovered_once(processes: Two) -> None:
    one, other = processes
    await one.ask()
    await one.claim()
    one.clock.move(minutes=5)
    recovered = await both_at_once(one, one.upkeep.recover_lost(), other.upkeep.recover_lost())
    assert recovered == [1, 0]
    assert rows(one, "SELECT losses FROM run") == [(1,)]


async def test_a_run_is_not_taken_from_who_claimed_it_anew_meanwhile(processes: Two) -> None:
    one, other = processes
    run_id = await one.ask()
    await one.claim()
    one.clock.move(minutes=5)
    async with stopped(one, one.upkeep.recover_lost(), "UPDATE run") as (stop, recovering):
        assert await other.upkeep.recover_lost() == 0
        stop.go()
        assert await recovering == 1
    [work] = await other.desk.claim("w2", 1)
    assert await other.desk.renew("w2", [work.claim]) == {work.claim}
    assert (await run_of(one, run_id)).status is RunStatus.RUNNING


async def test_a_device_that_comes_as_its_run_is_given_up_does_it_or_does_not(
    processes: Two,
) -> None:
    one, other = processes
    device = await one.pair()
    approval = await one.ask_for_shell()
    await one.approve(approval)
    one.clock.move(days=2)
    order, _ = await both_at_once(one, one.order(device, 0), other.upkeep.look_after_waiting())
    assert order is not None
    assert (await run_of(one, approval.run_id)).status is RunStatus.RUNNING
    assert rows(one, "SELECT status FROM step") == [("started",)]


async def test_a_pairing_code_pairs_one_device(processes: Two) -> None:
    one, other = processes
    code = (await one.dispatcher.offer_pairing(ADA, f"{ADA}:")).code
    first, second = await both_at_once(
        one, one.redeem(code, "laptop"), other.redeem(code, "desktop")
    )
    assert isinstance(second, PairingRefused)
    assert [view.id for view in await one.dispatcher.devices(ADA)] == [first]


async def test_two_devices_of_one_name_are_one_and_a_refusal(processes: Two) -> None:
    one, other = processes
    codes = [(await one.dispatcher.offer_pairing(ADA, f"{ADA}:")).code for _ in processes]
    first, second = await both_at_once(one, one.redeem(codes[0]), other.redeem(codes[1]))
    assert isinstance(second, DeviceNameTaken)
    assert [view.id for view in await one.dispatcher.devices(ADA)] == [first]


async def test_a_nonce_is_used_up_for_every_process(processes: Two) -> None:
    one, other = processes

    async def use(engine: Engine) -> bool:
        return await engine.store.write(lambda tx: devices.use_nonce(tx, "d", "n"))

    assert await both_at_once(one, use(one), use(other)) == [True, False]


async def test_two_first_starts_share_one_key(processes: Two) -> None:
    one, other = processes

    async def key(engine: Engine) -> bytes:
        return await engine.store.write(lambda tx: secrets.find_or_make(tx, "links"))

    mine, theirs = await both_at_once(one, key(one), key(other))
    assert mine == theirs


async def test_a_double_click_on_retry_that_two_processes_got_is_one_run(processes: Two) -> None:
    one, other = processes
    run_id = await one.ask()
    await one.dispatcher.cancel(run_id, decider(ADA))
    first, second = await both_at_once(
        one,
        one.dispatcher.retry(run_id, decider(ADA), "click-1"),
        other.dispatcher.retry(run_id, decider(ADA), "click-1"),
    )
    assert first.run_id == second.run_id
