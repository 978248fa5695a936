"""Lines that people write to a running command."""

import logging
from dataclasses import replace

import pytest
from sqlalchemy import select

from dispatch_core.audit_trail import AuditKind
from dispatch_core.dispatcher.step_input import UNUSED
from dispatch_core.errors import MayNotWrite, NothingReads, WrittenTogether
from dispatch_core.lifecycle import EndReason, StepStatus
from dispatch_core.planning.planner import Finish
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.protocol import Drift, Progress, StepOrder, StepResult
from dispatch_core.records import audit, steps
from dispatch_core.records.input_tables import STEP_INPUTS
from dispatch_core.views import DISPATCH, Decision, MessageView
from tests.core.engine import ADA, Engine, decider

BOB = "T1:U0BOB"
THREAD = "T1:C1:1"


async def running(engine: Engine) -> tuple[str, StepOrder]:
    """A device and the order of the command that it runs."""
    device = await engine.pair()
    approval = await engine.ask_for_shell("cat")
    await engine.dispatcher.decide(approval.id, Decision.APPROVE, decider(ADA))
    order = await engine.order(device)
    assert order is not None
    return device, order


async def write(engine: Engine, *lines: str, by: str = ADA, message: str = "m1") -> bool:
    return await engine.dispatcher.write_input(THREAD, lines, decider(by), f"T1:C1:{message}")


async def given(engine: Engine, device: str, order: StepOrder, taken: int) -> tuple[str, ...]:
    """What the device is told with its next report."""
    progress = Progress(sequence=taken, input_taken=taken)
    return (await engine.dispatcher.progress(device, order.step_id, progress)).input


async def kept(engine: Engine) -> list[str | None]:
    """The words that the records have of what was written."""
    query = select(STEP_INPUTS.c.text).order_by(STEP_INPUTS.c.sequence)
    return await engine.store.read(lambda tx: list(tx.connection.scalars(query)))


async def test_lines_reach_the_device_in_order_and_once(engine: Engine) -> None:
    device, order = await running(engine)
    assert await write(engine, "first", "second")
    assert await write(engine, "third", message="m2")
    assert await given(engine, device, order, 0) == ("first", "second", "third")
    assert await given(engine, device, order, 3) == ()
    assert await write(engine, "fourth", message="m3")
    assert await given(engine, device, order, 3) == ("fourth",)


async def test_lines_are_given_again_where_the_answer_was_lost(engine: Engine) -> None:
    device, order = await running(engine)
    await write(engine, "yes")
    assert await given(engine, device, order, 0) == ("yes",)
    assert await given(engine, device, order, 0) == ("yes",)


async def test_a_message_that_comes_twice_is_written_once(engine: Engine) -> None:
    device, order = await running(engine)
    assert await write(engine, "yes")
    assert await write(engine, "yes")
    assert await given(engine, device, order, 0) == ("yes",)
    end = StepResult(status=StepStatus.DONE)
    await engine.dispatcher.end_step(device, order.step_id, end)
    assert await write(engine, "yes")


async def test_words_are_forgotten_once_the_device_has_them_or_its_step_has_ended(
    engine: Engine,
) -> None:
    device, order = await running(engine)
    await write(engine, "hunter2")
    await given(engine, device, order, 0)
    assert await kept(engine) == ["hunter2"]
    await given(engine, device, order, 1)
    assert await kept(engine) == [None]
    await write(engine, "hunter3", message="m2")
    await engine.dispatcher.end_step(device, order.step_id, StepResult(status=StepStatus.DONE))
    assert await kept(engine) == [None, None]


async def test_words_for_a_command_that_was_lost_are_forgotten_in_time(engine: Engine) -> None:
    _, order = await running(engine)
    await write(engine, "hunter2")
    await engine.upkeep.forget_old()
    assert await kept(engine) == ["hunter2"]
    lost = StepResult(status=StepStatus.INTERRUPTED)
    await engine.store.write(lambda tx: steps.end_unfinished(tx, order.run_id, lost))
    await engine.upkeep.forget_old()
    assert await kept(engine) == [None]


async def test_only_who_may_approve_may_write(engine: Engine) -> None:
    device, order = await running(engine)
    with pytest.raises(MayNotWrite):
        await write(engine, "rm -rf ~", by=BOB)
    assert await given(engine, device, order, 0) == ()


@pytest.mark.parametrize(
    ("rules", "error"),
    [
        (ApprovalRules(frozenset({ADA, BOB}), approve_own=False), MayNotWrite),
        (ApprovalRules(frozenset({ADA, BOB}), needed=2), WrittenTogether),
    ],
    ids=["not to one's own", "not alone"],
)
async def test_what_needs_others_to_approve_needs_them_to_write(
    engine: Engine, rules: ApprovalRules, error: type[Exception]
) -> None:
    await running(engine)
    engine.dispatcher.parts = replace(engine.dispatcher.parts, rules=rules)
    with pytest.raises(error):
        await write(engine, "yes")


async def test_where_nothing_runs_any_more_that_is_told(engine: Engine) -> None:
    device, order = await running(engine)
    await engine.dispatcher.end_step(device, order.step_id, StepResult(status=StepStatus.DONE))
    with pytest.raises(NothingReads):
        await write(engine, "too late")


async def test_a_command_that_waits_for_its_approval_reads_nothing(engine: Engine) -> None:
    await engine.pair()
    await engine.ask_for_shell("cat")
    with pytest.raises(NothingReads):
        await write(engine, "too early")


async def test_in_a_thread_without_commands_it_is_a_message_like_others(engine: Engine) -> None:
    assert not await write(engine, "quoted")
    await engine.ask("hello")
    assert not await write(engine, "quoted")


async def test_the_trail_tells_who_wrote_and_not_what(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await running(engine)
    await write(engine, "hunter2")
    lines = await engine.store.read(lambda tx: audit.lines_after(tx, 0))
    (line,) = [line for line in lines if line["kind"] == AuditKind.STEP_INPUT.value]
    assert (line["person"], line["facts"]) == (ADA, {"lines": 1})
    assert "hunter2" not in str(lines)
    assert "hunter2" not in caplog.text


async def said(engine: Engine) -> list[str]:
    """What Dispatch says in the thread, beside cards and questions."""
    entries = await engine.dispatcher.thread(THREAD)
    bodies = (entry.body for entry in entries if isinstance(entry.body, MessageView))
    return [body.text for body in bodies if body.author == DISPATCH]


CHANGED = StepResult(status=StepStatus.REFUSED, text="It changed.", drift=Drift.FILES)
DENIED = StepResult(status=StepStatus.REFUSED, text="Its owner does not let it any more.")


@pytest.mark.parametrize("refusal", [CHANGED, DENIED], ids=["drifted", "denied"])
async def test_lines_for_a_command_that_is_refused_at_its_start_are_told_of_once(
    engine: Engine, refusal: StepResult
) -> None:
    device, order = await running(engine)
    assert await write(engine, "yes", "no")
    assert await write(engine, "maybe", message="m2")
    for _ in range(2):
        await engine.dispatcher.end_step(device, order.step_id, refusal)
    assert await said(engine) == [UNUSED]
    assert await kept(engine) == [None, None, None]


async def test_no_line_is_given_to_what_is_asked_again_in_the_place_of_a_refused_command(
    engine: Engine,
) -> None:
    device, order = await running(engine)
    await write(engine, "yes")
    await engine.dispatcher.end_step(device, order.step_id, CHANGED)
    assert await engine.order(device) is None
    await engine.approve(await engine.approval_of(order.run_id, last=True))
    again = await engine.order(device)
    assert again is not None
    assert await given(engine, device, again, 0) == ()
    assert await write(engine, "yes", message="m2")
    assert await given(engine, device, again, 0) == ("yes",)


async def test_where_nothing_was_written_or_the_command_ran_nothing_is_told(
    engine: Engine,
) -> None:
    device, order = await running(engine)
    await engine.dispatcher.end_step(device, order.step_id, CHANGED)
    assert await engine.order(device) is None
    await engine.approve(await engine.approval_of(order.run_id, last=True))
    again = await engine.order(device)
    assert again is not None
    await write(engine, "yes")
    await given(engine, device, again, 0)
    await engine.dispatcher.end_step(device, again.step_id, StepResult(status=StepStatus.DONE))
    assert await said(engine) == []


async def test_what_was_written_goes_with_its_run(engine: Engine) -> None:
    device, order = await running(engine)
    await write(engine, "yes")
    await engine.dispatcher.end_step(device, order.step_id, StepResult(status=StepStatus.DONE))
    await engine.desk.finish((await engine.claim()).claim, Finish(EndReason.DONE, "yes"))
    engine.clock.move(days=91)
    await engine.upkeep.forget_old()
    assert await kept(engine) == []
