"""Clicks on a run's card."""

import asyncio
from decimal import Decimal

from bot.listeners.runs import Clicks, Runs
from dispatch_core.lifecycle import EndReason, Route, RunStatus
from tests.bot.listeners.desk import ADA, BOT, GRACE, GUEST, Desk


async def test_cancel_ends_the_run(desk: Desk) -> None:
    ts, _ = await desk.a_waiting_run()
    assert await desk.click(ADA, await desk.card("run_cancel"), "run_cancel")
    run = (await desk.runs(ts))[0]
    assert (run.reason, run.stopped_by) == (EndReason.STOPPED, "T0DISPATCH:U0ADA")


async def test_a_second_cancel_says_that_the_run_has_ended(desk: Desk) -> None:
    await desk.a_waiting_run()
    card = await desk.card("run_cancel")
    await asyncio.gather(*(desk.click(ADA, card, "run_cancel") for _ in range(2)))
    await desk.whispered(ADA, "This run has already ended")


async def test_a_double_click_on_retry_is_one_new_run(desk: Desk) -> None:
    ts = await desk.say(ADA, f"{BOT} 2 + 3")
    card = await desk.card("run_retry")
    await asyncio.gather(*(desk.click(who, card, "run_retry") for who in (ADA, ADA, GRACE)))
    assert len(await desk.runs(ts)) == 2


async def test_a_later_click_on_retry_is_meant_and_makes_another_run(desk: Desk) -> None:
    ts = await desk.say(ADA, f"{BOT} 2 + 3")
    card = await desk.card("run_retry")
    await desk.click(ADA, card, "run_retry")
    run, repeated = await desk.runs(ts)
    slack = desk.front._slack
    assert slack is not None
    for seconds, count in ((4, 2), (6, 3)):
        # Another process, say: what one remembers, the other does not know.
        listener = Runs(desk.dispatcher, slack)
        at = repeated.asked_at.timestamp() + seconds
        await listener._again({"user": {"id": ADA}, "actions": [{"action_ts": at}]}, run.id, None)
        assert len(await desk.runs(ts)) == count


async def test_run_elsewhere_takes_the_chosen_route(desk: Desk) -> None:
    ts = await desk.say(ADA, f"{BOT} 2 + 3")
    card = await desk.card("run_elsewhere")
    run = (await desk.runs(ts))[0]
    value = f"{run.id}|{Route.CLOUD_KNOWLEDGE.value}"
    chosen = {"selected_option": {"value": value}}
    assert await desk.click(ADA, card, "run_elsewhere", choice=chosen)
    assert [one.route for one in await desk.runs(ts)] == [Route.INLINE, Route.CLOUD_KNOWLEDGE]


async def test_a_guest_stops_nothing(desk: Desk) -> None:
    ts, _ = await desk.a_waiting_run()
    await desk.click(GUEST, await desk.card("run_cancel"), "run_cancel")
    await desk.whispered(GUEST, "you are a guest here")
    assert (await desk.runs(ts))[0].status is RunStatus.WAITING_APPROVAL


def test_clicks_in_quick_succession_share_a_key_and_later_ones_do_not() -> None:
    clicks = Clicks()
    first = clicks.key("run-1:", Decimal("100.5"))
    assert clicks.key("run-1:", Decimal("101.1")) == first
    assert clicks.key("run-1:inline", Decimal("101.1")) != first
    assert clicks.key("run-1:", Decimal("160.0")) != first
