"""`> text` in a thread whose command runs."""

import pytest

from bot.listeners.typed import TAKEN_REACTION, typed_in
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import Progress, StepOrder, StepResult
from dispatch_core.views import Decider, Decision
from tests.bot.listeners.desk import ADA, BOT, GENERAL, GRACE, Desk


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("> yes", ("yes",)),
        (">", ("",)),
        ("> ", ("",)),
        (">  indented", (" indented",)),
        ("> one\n> two\n>\n> four", ("one", "two", "", "four")),
        (">^C", ("\x03",)),
        ("> ^c", ("\x03",)),
        (">^D", ("\x04",)),
        ("> a > b", ("a > b",)),
        ("> > quoted", ("> quoted",)),
        (">text", None),
        ("> somebody said this\nand I say that", None),
        ("a > b", None),
        (">>> print(1)", None),
        ("yes", None),
        ("", None),
    ],
)
def test_the_shape_of_what_is_typed(text: str, lines: tuple[str, ...] | None) -> None:
    assert typed_in(text) == lines


async def running(desk: Desk) -> tuple[str, str, StepOrder]:
    """A thread, and the device and order of the command that runs for it."""
    ts, _ = await desk.a_waiting_run()
    (approval,) = await desk.approvals(ts)
    await desk.dispatcher.decide(approval.id, Decision.APPROVE, Decider(approval.requester))
    device = (await desk.dispatcher.devices(approval.requester))[0].id
    order = await desk.dispatcher.claim_step(device, 60)
    assert isinstance(order, StepOrder)
    return ts, device, order


async def given(desk: Desk, device: str, order: StepOrder) -> tuple[str, ...]:
    return (await desk.dispatcher.progress(device, order.step_id, Progress(sequence=0))).input


async def test_what_is_typed_reaches_the_command_and_is_no_request(desk: Desk) -> None:
    ts, device, order = await running(desk)
    said = await desk.say(ADA, "&gt; yes &amp; no", thread_ts=ts)
    await desk.say(ADA, "&gt;^D", thread_ts=ts)
    assert await given(desk, device, order) == ("yes & no", "\x04")
    assert len(await desk.runs(ts)) == 1
    message = await desk.shown(lambda one: one["ts"] == said and bool(one.get("reactions")))
    assert [one["name"] for one in message["reactions"]] == [TAKEN_REACTION]


async def test_a_message_that_is_told_of_twice_is_typed_once(desk: Desk) -> None:
    ts, device, order = await running(desk)
    ask = {"user": ADA, "channel": GENERAL, "thread_ts": ts, "text": f"{BOT} &gt; yes"}
    stamp = f"{int(ts.split('.')[0]) + 5}.000100"
    for kind in ("message", "app_mention"):
        await desk.event(ask | {"type": kind, "ts": stamp, "event_ts": stamp})
    assert await given(desk, device, order) == ("yes",)


async def test_only_who_may_approve_types(open_desk) -> None:  # type: ignore[no-untyped-def]
    async with open_desk(dispatch_approvers=()) as desk:
        ts, device, order = await running(desk)
        await desk.say(GRACE, "&gt; rm -rf ~", thread_ts=ts)
        await desk.whispered(GRACE, "here you may not approve")
        assert await given(desk, device, order) == ()


async def test_where_nothing_runs_any_more_that_is_told_and_nothing_is_asked_for(
    desk: Desk,
) -> None:
    ts, device, order = await running(desk)
    await desk.dispatcher.end_step(device, order.step_id, StepResult(status=StepStatus.DONE))
    await desk.say(ADA, "&gt; hunter2", thread_ts=ts)
    await desk.whispered(ADA, "No command runs in this thread now")
    assert len(await desk.runs(ts)) == 1


async def test_a_quotation_in_another_thread_is_a_request(desk: Desk) -> None:
    ts = await desk.say(ADA, f"{BOT} hello")
    await desk.say(ADA, "&gt; hello again", thread_ts=ts)
    assert [run.request for run in await desk.runs(ts)] == ["hello", "> hello again"]
