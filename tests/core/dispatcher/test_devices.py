"""Pairing, what a device may do, and its desk."""

from pathlib import Path

import pytest

from dispatch_core.abilities import Capabilities, Permissions
from dispatch_core.approval_errors import ApprovalClosed
from dispatch_core.device_errors import (
    DeviceNameTaken,
    NothingToConfirm,
    PairingRefused,
    TooManyPairings,
)
from dispatch_core.device_views import Presence, offer_of
from dispatch_core.errors import LostClaim, NotFound, NotYours
from dispatch_core.lifecycle import ApprovalStatus, EndReason, RunStatus, StepStatus
from dispatch_core.protocol import DeviceReport, PairRequest, Progress, StepOrder, StepResult
from dispatch_core.views import (
    Decision,
    MessageView,
)
from tests.core.engine import ADA, GRACE, Engine, decider, open_engine

DONE = StepResult(status=StepStatus.DONE, text="hi\n")


async def start_shell(engine: Engine, device: str) -> StepOrder:
    approval = await engine.ask_for_shell()
    await engine.dispatcher.decide(approval.id, Decision.APPROVE, decider(ADA))
    order = await engine.order(device, 0)
    assert order is not None
    return order


async def test_a_code_serves_once_and_tells_its_asker(engine: Engine) -> None:
    await engine.pair()
    (said,) = await engine.dispatcher.thread(f"{ADA}:")
    assert isinstance(said.body, MessageView)
    assert "laptop" in said.body.text
    assert said.body.device_id is not None


async def test_the_notice_of_a_device_that_may_do_nothing_says_how_to_permit_it_something(
    engine: Engine,
) -> None:
    await engine.pair(shell=False)
    (said,) = await engine.dispatcher.thread(f"{ADA}:")
    assert isinstance(said.body, MessageView)
    assert "may: nothing yet" in said.body.text
    assert "dispatch-device permit" in said.body.text


async def test_a_wrong_or_late_code_pairs_nothing(engine: Engine) -> None:
    offer = await engine.dispatcher.offer_pairing(ADA, "T1:U0ADA:")
    engine.clock.move(minutes=11)
    for code in (offer.code, "AAAAAAAA"):
        with pytest.raises(PairingRefused):
            await engine.dispatcher.redeem(pair_request(code))
    assert await engine.dispatcher.devices(ADA) == ()


def pair_request(code: str, name: str = "laptop") -> PairRequest:
    return PairRequest(
        code=code,
        public_key="A" * 43,
        name=name,
        platform="Linux",
        capabilities=Capabilities(),
        permissions=Permissions(),
    )


async def test_a_device_whose_answer_was_lost_is_answered_again_and_paired_once(
    engine: Engine,
) -> None:
    offer = await engine.dispatcher.offer_pairing(ADA, "T1:U0ADA:")
    first = await engine.dispatcher.redeem(pair_request(offer.code))
    engine.clock.move(minutes=1)
    assert await engine.dispatcher.redeem(pair_request(offer.code)) == first
    stranger = pair_request(offer.code).model_copy(update={"public_key": "B" * 43})
    with pytest.raises(PairingRefused):
        await engine.dispatcher.redeem(stranger)
    assert len(await engine.dispatcher.devices(ADA)) == 1


async def test_a_name_that_is_taken_leaves_the_code_usable(engine: Engine) -> None:
    await engine.pair("laptop")
    offer = await engine.dispatcher.offer_pairing(ADA, "T1:U0ADA:")
    with pytest.raises(DeviceNameTaken):
        await engine.dispatcher.redeem(pair_request(offer.code, "laptop"))
    await engine.dispatcher.redeem(pair_request(offer.code, "desktop"))
    assert [device.name for device in await engine.dispatcher.devices(ADA)] == [
        "laptop",
        "desktop",
    ]


async def test_at_most_three_codes_wait_at_once(engine: Engine) -> None:
    for _ in range(3):
        await engine.dispatcher.offer_pairing(ADA, "T1:U0ADA:")
    with pytest.raises(TooManyPairings):
        await engine.dispatcher.offer_pairing(ADA, "T1:U0ADA:")


async def test_what_the_device_does_not_permit_is_denied(engine: Engine) -> None:
    await engine.pair(local_files=True)
    run_id = await engine.ask("$ echo hi")
    await engine.plan(await engine.claim())
    run = await engine.dispatcher.run(run_id)
    assert (run.status, run.reason) == (RunStatus.FAILED, EndReason.DENIED)
    assert "shell" in run.answer
    assert "confirm" not in run.answer


async def test_what_waits_for_its_owners_confirmation_is_denied_with_a_word_of_that(
    engine: Engine,
) -> None:
    device = await engine.pair(local_files=True)
    capabilities = Capabilities(shell=True, local_files=True, reachableFolders=("/srv",))
    permissions = Permissions(shell=True, local_files=True)
    wide = DeviceReport(platform="Linux", capabilities=capabilities, permissions=permissions)
    await engine.dispatcher.report(device, wide)
    run_id = await engine.ask("$ echo hi")
    await engine.plan(await engine.claim())
    assert "`/devices laptop`" in (await engine.dispatcher.run(run_id)).answer


async def test_without_a_device_the_run_says_what_to_do(engine: Engine) -> None:
    run_id = await engine.ask("ls .")
    await engine.plan(await engine.claim())
    assert "/devices pair" in (await engine.dispatcher.run(run_id)).answer


async def test_a_report_that_is_wider_waits_and_a_narrower_one_does_not(engine: Engine) -> None:
    device = await engine.pair(shell=True)
    wider = DeviceReport(
        platform="Linux",
        capabilities=Capabilities(shell=True, reachableFolders=("/home/ada/x", "/etc")),
        permissions=Permissions(local_files=True, shell=False),
    )
    reply = await engine.dispatcher.report(device, wider)
    (view,) = await engine.dispatcher.devices(ADA)
    assert set(reply.awaits_confirmation) == {"permission local_files", "folder /etc"}
    assert view.permissions == Permissions()
    assert view.capabilities.reachableFolders == ("/home/ada/x",)
    confirmed = await engine.dispatcher.confirm_device(device, ADA, view.offer)
    assert confirmed.permissions == Permissions(local_files=True)
    assert confirmed.awaits_confirmation == ()


async def test_only_its_owner_confirms_or_removes_a_device(engine: Engine) -> None:
    device = await engine.pair()
    with pytest.raises(NotYours):
        await engine.dispatcher.remove_device(device, GRACE)
    with pytest.raises(NotFound):
        await engine.dispatcher.remove_device("laptop", GRACE)


async def test_an_unconfirmed_device_gets_no_work_where_the_operator_wants_it_so(
    home: Path,
) -> None:
    async with open_engine(home, device_confirm=True) as engine:
        device = await engine.pair()
        await engine.ask("ls .")
        await engine.plan(await engine.claim())
        assert await engine.order(device, 0) is None
        await engine.dispatcher.confirm_device(device, ADA, offer_of())
        assert await engine.order(device, 0) is not None


async def test_output_comes_while_the_device_works_and_a_repeated_report_counts_once(
    engine: Engine,
) -> None:
    device = await engine.pair()
    order = await start_shell(engine, device)
    for report in (Progress(sequence=0, output="one\n"),) * 2 + (
        Progress(sequence=1, output="two\n"),
    ):
        assert not (await engine.dispatcher.progress(device, order.step_id, report)).stop
    assert (await engine.dispatcher.run(order.run_id)).output == "one\ntwo\n"


async def test_the_end_of_a_step_brings_the_run_back_to_the_core(engine: Engine) -> None:
    device = await engine.pair()
    order = await start_shell(engine, device)
    await engine.dispatcher.end_step(device, order.step_id, DONE)
    await engine.dispatcher.end_step(device, order.step_id, DONE)
    await engine.plan(await engine.claim())
    run = await engine.dispatcher.run(order.run_id)
    assert (run.status, run.reason) == (RunStatus.COMPLETED, EndReason.DONE)
    assert "hi" in run.answer


async def test_another_device_can_neither_report_nor_end_the_step(engine: Engine) -> None:
    device = await engine.pair()
    order = await start_shell(engine, device)
    other = await engine.pair("other", by=GRACE)
    assert (await engine.dispatcher.progress(other, order.step_id, Progress(sequence=0))).stop
    with pytest.raises(LostClaim):
        await engine.dispatcher.end_step(other, order.step_id, DONE)


async def test_a_device_that_is_still_at_it_keeps_its_run_after_its_lease(engine: Engine) -> None:
    device = await engine.pair()
    order = await start_shell(engine, device)
    engine.clock.move(minutes=1)
    await engine.upkeep.recover_lost()
    assert not (await engine.dispatcher.progress(device, order.step_id, Progress(sequence=0))).stop
    assert (await engine.dispatcher.run(order.run_id)).status is RunStatus.RUNNING


async def test_a_step_whose_device_vanished_is_offered_to_it_again_by_the_same_id(
    engine: Engine,
) -> None:
    device = await engine.pair()
    order = await start_shell(engine, device)
    engine.clock.move(minutes=1)
    await engine.upkeep.recover_lost()
    assert await engine.order(device, 0) == order


async def test_a_device_that_never_comes_back_ends_the_run_truthfully(engine: Engine) -> None:
    device = await engine.pair()
    order = await start_shell(engine, device)
    engine.clock.move(minutes=1)
    await engine.upkeep.tick()
    engine.clock.move(days=2)
    await engine.upkeep.tick()
    run = await engine.dispatcher.run(order.run_id)
    assert (run.status, run.reason) == (RunStatus.FAILED, EndReason.DEVICE_OFFLINE)
    assert "not known" in run.answer


async def test_a_removed_device_loses_its_work_at_once(engine: Engine) -> None:
    device = await engine.pair()
    order = await start_shell(engine, device)
    await engine.dispatcher.remove_device("laptop", ADA)
    assert await engine.dispatcher.device_key(device) is None
    assert (await engine.dispatcher.progress(device, order.step_id, Progress(sequence=0))).stop
    assert (await engine.dispatcher.run(order.run_id)).reason is EndReason.DENIED


async def test_a_removal_withdraws_what_waits_for_a_person_and_ends_its_grants(
    engine: Engine,
) -> None:
    device = await engine.pair()
    approval = await engine.ask_for_shell()
    await engine.dispatcher.remove_device("Laptop", ADA)
    after = await engine.dispatcher.approval(approval.id)
    assert after.status is ApprovalStatus.WITHDRAWN
    run = await engine.dispatcher.run(approval.run_id)
    assert (run.status, run.reason) == (RunStatus.FAILED, EndReason.DENIED)
    with pytest.raises(ApprovalClosed):
        await engine.approve(approval)
    assert await engine.dispatcher.grants_on(device) == ()


async def test_a_report_says_what_the_device_is_called_and_is_no_presence(engine: Engine) -> None:
    device = await engine.pair()
    await engine.dispatcher.rename_device("laptop", ADA, "work")
    same = DeviceReport(
        platform="Linux", capabilities=Capabilities(), permissions=Permissions(shell=True)
    )
    assert (await engine.dispatcher.report(device, same)).name == "work"
    (view,) = await engine.dispatcher.devices(ADA)
    assert view.presence is Presence.NEVER


async def test_an_unconfirmed_device_that_reports_more_is_confirmed_as_it_was_shown(
    home: Path,
) -> None:
    async with open_engine(home, device_confirm=True) as engine:
        device = await engine.pair(shell=True)
        more = Permissions(shell=True, local_files=True)
        can = Capabilities(shell=True, local_files=True, reachableFolders=("/home/ada",))
        report = DeviceReport(platform="Linux", capabilities=can, permissions=more)
        await engine.dispatcher.report(device, report)
        first, notice = [
            entry.body
            for entry in await engine.dispatcher.thread(f"{ADA}:")
            if isinstance(entry.body, MessageView)
        ]
        view = await engine.dispatcher.confirm_device(device, ADA, first.confirms)
        assert (view.confirmed, view.permissions) == (True, Permissions(shell=True))
        view = await engine.dispatcher.confirm_device(device, ADA, notice.confirms)
        assert view.permissions == more
        with pytest.raises(NothingToConfirm):
            await engine.dispatcher.confirm_device(device, ADA, notice.confirms)


async def test_only_the_newest_notice_of_a_device_can_be_confirmed_and_the_others_say_so(
    engine: Engine,
) -> None:
    device = await engine.pair(shell=True)

    async def notices() -> list[MessageView]:
        entries = await engine.dispatcher.thread(f"{ADA}:")
        return [entry.body for entry in entries if isinstance(entry.body, MessageView)]

    for count in (1, 2, 3):
        can = Capabilities(reachableFolders=tuple(f"/home/ada/{n}" for n in range(count)))
        more = DeviceReport(
            platform="Linux", capabilities=can, permissions=Permissions(local_files=True)
        )
        await engine.dispatcher.report(device, more)
    told = await notices()
    assert [each.replaced for each in told[-3:]] == [True, True, False]
    assert [bool(each.confirms) for each in told[-3:]] == [False, False, True]
    assert not any(each.replaced for each in told[:-3])
    await engine.dispatcher.confirm_device(device, ADA, told[-1].confirms)
    assert not any(each.replaced for each in await notices())


async def test_presence_is_by_the_cores_clock(engine: Engine) -> None:
    device = await engine.pair()
    seen = []
    for minutes in (0, 0, 2):
        engine.clock.move(minutes=minutes)
        (view,) = await engine.dispatcher.devices(ADA)
        seen.append(view.presence)
        if len(seen) == 1:
            await engine.order(device, 0)
    assert seen == [Presence.NEVER, Presence.ONLINE, Presence.OFFLINE]


async def test_a_nonce_serves_once(engine: Engine) -> None:
    device = await engine.pair()
    used = [await engine.dispatcher.use_nonce(device, nonce) for nonce in ("a", "a", "b")]
    assert used == [True, False, True]
