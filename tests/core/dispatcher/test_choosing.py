"""Which of several devices is meant: said, preferred, or asked, and never guessed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dispatch_core.device_errors import (
    BadDeviceName,
    DeviceNameTaken,
    NothingToChoose,
    PairingRefused,
    TooManyPairings,
)
from dispatch_core.errors import NotFound, NotYours
from dispatch_core.lifecycle import EndReason, RunStatus
from dispatch_core.views import RunView
from tests.core import postgres
from tests.core.engine import ADA, GRACE, Clock, Engine, decider, open_engine


async def ask_for_files(engine: Engine, text: str = "ls .", **where: str) -> RunView:
    """Submit it, and let the planner take its turn."""
    run_id = await engine.ask(text, **where)
    await engine.plan(await engine.claim())
    return await engine.dispatcher.run(run_id)


@pytest.fixture
async def two(engine: Engine) -> tuple[str, str]:
    """Ada's laptop and desktop."""
    return await engine.pair("laptop"), await engine.pair("desktop")


async def test_a_run_waits_until_its_asker_chooses_and_goes_on_there(
    engine: Engine, two: tuple[str, str]
) -> None:
    run = await ask_for_files(engine)
    assert run.status is RunStatus.WAITING_APPROVAL
    assert [(one.id, one.name) for one in run.devices] == [
        (two[0], "laptop"),
        (two[1], "desktop"),
    ]
    chosen = await engine.dispatcher.choose_device(run.id, two[1], ADA)
    assert (chosen.status, chosen.devices) == (RunStatus.QUEUED, ())
    await engine.plan(await engine.claim())
    assert await engine.order(two[0], 0) is None
    order = await engine.order(two[1], 0)
    assert order is not None
    assert order.run_id == run.id


async def test_only_its_asker_chooses_once_and_among_their_own(
    engine: Engine, two: tuple[str, str]
) -> None:
    theirs = await engine.pair("tower", by=GRACE)
    run = await ask_for_files(engine)
    with pytest.raises(NotYours):
        await engine.dispatcher.choose_device(run.id, two[0], GRACE)
    with pytest.raises(NotYours):
        await engine.dispatcher.choose_device(run.id, theirs, ADA)
    with pytest.raises(NotFound):
        await engine.dispatcher.choose_device(run.id, "gone", ADA)
    clicks = [engine.dispatcher.choose_device(run.id, device, ADA) for device in two]
    answers = await asyncio.gather(*clicks, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["NothingToChoose", "RunView"]


async def test_a_run_that_waits_for_an_approval_waits_for_no_device(engine: Engine) -> None:
    device = await engine.pair()
    approval = await engine.ask_for_shell()
    with pytest.raises(NothingToChoose):
        await engine.dispatcher.choose_device(approval.run_id, device, ADA)


async def test_a_choice_that_nobody_makes_expires_and_a_stop_ends_it(
    engine: Engine, two: tuple[str, str]
) -> None:
    run = await ask_for_files(engine)
    stopped = await ask_for_files(engine, thread="T1:C1:2")
    await engine.dispatcher.cancel(stopped.id, decider(ADA))
    with pytest.raises(NothingToChoose):
        await engine.dispatcher.choose_device(stopped.id, two[0], ADA)
    engine.clock.move(days=2)
    await engine.upkeep.tick()
    ended = [await engine.dispatcher.run(one.id) for one in (run, stopped)]
    assert [one.reason for one in ended] == [EndReason.APPROVAL_EXPIRED, EndReason.STOPPED]
    assert "which device" in ended[0].answer
    assert [one.devices for one in ended] == [(), ()]


async def test_the_named_one_goes_before_the_default_and_the_default_before_a_question(
    engine: Engine, two: tuple[str, str]
) -> None:
    await engine.dispatcher.prefer_device("desktop", ADA)
    runs = [
        await ask_for_files(engine, text, thread=text)
        for text in ("ls .", "[device=LAPTOP] ls .", "[device=tower] ls .")
    ]
    assert [run.device_name for run in runs] == ["desktop", "laptop", None]
    assert "You have no device named tower; you have laptop, desktop" in runs[2].answer
    await engine.dispatcher.prefer_device("desktop", ADA, prefer=False)
    assert (await ask_for_files(engine, thread="T1:C1:9")).devices


async def test_one_device_is_the_default_and_a_removed_one_is_none(
    engine: Engine, two: tuple[str, str]
) -> None:
    for name in ("laptop", "desktop"):
        await engine.dispatcher.prefer_device(name, ADA)
    devices = await engine.dispatcher.devices(ADA)
    assert [one.is_default for one in devices] == [False, True]
    await engine.dispatcher.remove_device("desktop", ADA)
    await engine.pair("tower")
    assert (await ask_for_files(engine)).devices


async def test_a_renamed_device_keeps_its_work_and_names_differ_by_more_than_case(
    engine: Engine, two: tuple[str, str]
) -> None:
    run = await ask_for_files(engine, "[device=laptop] ls .")
    assert (await engine.dispatcher.rename_device("laptop", ADA, "Work")).name == "Work"
    assert (await engine.dispatcher.run(run.id)).device_name == "Work"
    assert await engine.order(two[0], 0) is not None
    for taken in ("desktop", "DeskTop"):
        with pytest.raises(DeviceNameTaken):
            await engine.dispatcher.rename_device("work", ADA, taken)
    with pytest.raises(DeviceNameTaken):
        await engine.pair("WORK")
    with pytest.raises(BadDeviceName):
        await engine.dispatcher.rename_device("work", ADA, "my work")
    assert (await engine.dispatcher.rename_device("work", ADA, "work")).name == "work"


@pytest.fixture
async def pairs(home: Path, tmp_path: Path, postgres_server: str) -> AsyncIterator[list[Engine]]:
    """Two processes' worth of core on one PostgreSQL."""
    url = postgres.new_database(postgres_server)
    clock = Clock()
    async with (
        open_engine(home, database_url=url, clock=clock) as one,
        open_engine(tmp_path, database_url=url, clock=clock) as other,
    ):
        yield [one, other]


async def test_processes_that_offer_codes_at_once_offer_three_in_all(pairs: list[Engine]) -> None:
    offers = [one.dispatcher.offer_pairing(ADA, "T1:U0ADA:") for one in pairs for _ in range(4)]
    answers = await asyncio.gather(*offers, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, TooManyPairings)]
    assert len(answers) - len(refused) == 3


async def test_a_code_that_two_devices_redeem_at_once_pairs_one(pairs: list[Engine]) -> None:
    offer = await pairs[0].dispatcher.offer_pairing(ADA, "T1:U0ADA:")
    redeemed = [one.redeem(offer.code, f"laptop-{n}") for n, one in enumerate(pairs)]
    answers = await asyncio.gather(*redeemed, return_exceptions=True)
    assert [type(answer) for answer in answers].count(PairingRefused) == 1
    assert len(await pairs[0].dispatcher.devices(ADA)) == 1


async def test_a_name_that_two_devices_take_at_once_is_one_devices(pairs: list[Engine]) -> None:
    offers = [await pairs[0].dispatcher.offer_pairing(ADA, "T1:U0ADA:") for _ in pairs]
    redeemed = [one.redeem(offer.code, "laptop") for one, offer in zip(pairs, offers, strict=True)]
    answers = await asyncio.gather(*redeemed, return_exceptions=True)
    assert [type(answer) for answer in answers].count(DeviceNameTaken) == 1
    assert len(await pairs[0].dispatcher.devices(ADA)) == 1
