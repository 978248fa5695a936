"""A device that does not keep to the protocol harms only its own runs, and fools no reader."""

import pytest

from dispatch_core.abilities import Capabilities, Permissions, VerdictKind
from dispatch_core.errors import BadMessage, LostClaim
from dispatch_core.lifecycle import ApprovalStatus, EndReason, RunStatus, StepStatus
from dispatch_core.protocol import DeviceReport, Drift, PairRequest, StepQuestion, StepResult
from dispatch_core.records import steps
from dispatch_core.views import AttachedFile, Decision, MessageView, Submission
from tests.core.engine import ADA, Engine, decider, looked_at

LINK = "[Sign in again](https://evil.example)"
DONE = StepResult(status=StepStatus.DONE, text="all well")


async def test_a_step_that_nobody_approved_yet_can_not_be_ended(engine: Engine) -> None:
    device = await engine.pair()
    approval = await engine.ask_for_shell()
    (step,) = await engine.store.read(lambda tx: steps.of_run(tx, approval.run_id))
    with pytest.raises(LostClaim):
        await engine.dispatcher.end_step(device, step.id, DONE)
    await engine.dispatcher.decide(approval.id, Decision.APPROVE, decider(ADA))
    order = await engine.order(device, 0)
    assert order is not None
    assert order.step_id == step.id


@pytest.mark.parametrize("status", [StepStatus.PLANNED, StepStatus.STARTED])
async def test_an_end_that_is_none_is_refused(engine: Engine, status: StepStatus) -> None:
    device = await engine.pair()
    approval = await engine.ask_for_shell()
    await engine.dispatcher.decide(approval.id, Decision.APPROVE, decider(ADA))
    order = await engine.order(device, 0)
    assert order is not None
    with pytest.raises(BadMessage):
        await engine.dispatcher.end_step(device, order.step_id, StepResult(status=status))
    assert (await engine.dispatcher.run(order.run_id)).status is RunStatus.RUNNING


async def test_what_a_new_device_says_of_itself_is_quoted(engine: Engine) -> None:
    offer = await engine.dispatcher.offer_pairing(ADA, f"{ADA}:")
    request = PairRequest(
        code=offer.code,
        public_key="A" * 43,
        name="laptop",
        platform=f"`Linux\n\n# {LINK}",
        capabilities=Capabilities(reachableFolders=(f"/home`/{LINK}\n{LINK}",)),
        permissions=Permissions(),
    )
    await engine.dispatcher.redeem(request)
    assert_quoted(await last_said(engine))


async def test_what_a_device_newly_reports_is_quoted(engine: Engine) -> None:
    device = await engine.pair()
    report = DeviceReport(
        platform="Linux",
        capabilities=Capabilities(shell=True, reachableFolders=(f"/srv`\n{LINK}",)),
        permissions=Permissions(shell=True),
    )
    await engine.dispatcher.report(device, report)
    assert_quoted(await last_said(engine))


async def test_a_files_name_is_quoted(engine: Engine) -> None:
    file = AttachedFile(f"`{LINK}.txt", "text/plain", 5, "F1")
    submission = Submission("T1:C1:1", "T1:C1:1", ADA, "", engine.clock.now, (file,))
    await engine.dispatcher.submit(submission)
    assert_quoted(await last_said(engine, "T1:C1:1"))


async def test_a_sentence_of_a_device_carries_no_link_in_disguise(engine: Engine) -> None:
    device = await engine.pair()
    run_id = await engine.ask(f"[route=desktop-local] get {LINK}")
    await engine.plan(await engine.claim())
    order = await engine.order(device, 0)
    assert order is not None
    missing = StepResult(status=StepStatus.FAILED, text=f"There is no {LINK} on this device.")
    await engine.dispatcher.end_step(device, order.step_id, missing)
    await engine.plan(await engine.claim())
    answer = (await engine.dispatcher.run(run_id)).answer
    assert "There is no [Sign in again] (https://evil.example)" in answer


async def test_a_reason_for_a_rejection_carries_no_link_in_disguise(engine: Engine) -> None:
    await engine.pair()
    approval = await engine.ask_for_shell()
    await engine.dispatcher.decide(approval.id, Decision.REJECT, decider(ADA), f"see {LINK}")
    answer = (await engine.dispatcher.run(approval.run_id)).answer
    assert answer == "Rejected: see [Sign in again] (https://evil.example)"


def test_a_device_names_no_more_than_a_person_can_read() -> None:
    with pytest.raises(ValueError, match="at most"):
        Capabilities(reachableFolders=tuple(map(str, range(101))))
    with pytest.raises(ValueError, match="at most"):
        Capabilities(reachableFolders=("/" * 4_097,))


@pytest.mark.parametrize("seconds", ["Infinity", "NaN", "-1"])
def test_a_step_took_a_number_of_seconds(seconds: str) -> None:
    with pytest.raises(ValueError, match="seconds"):
        StepResult.model_validate_json(f'{{"status": "done", "seconds": {seconds}}}')


async def last_said(engine: Engine, thread: str = f"{ADA}:") -> str:
    body = (await engine.dispatcher.thread(thread))[-1].body
    assert isinstance(body, MessageView)
    return body.text


def assert_quoted(text: str) -> None:
    """The link stands inside inline code on its line, where Markdown leaves it alone."""
    (line,) = [line for line in text.splitlines() if "evil" in line and "Sign" in line][-1:]
    before, _, after = line.partition(LINK)
    assert before.count("`") % 2 == 1
    assert "`" in after


@pytest.mark.parametrize(
    "end",
    [
        StepResult(status=StepStatus.STARTED),
        StepResult(status=StepStatus.REFUSED, rejected=True),
        StepResult(status=StepStatus.DONE, drift=Drift.FILES),
    ],
)
async def test_an_end_that_no_device_can_tell_of_is_refused(
    engine: Engine, end: StepResult
) -> None:
    device = await engine.pair()
    await engine.approve(await engine.ask_for_shell())
    order = await engine.order(device)
    assert order is not None
    with pytest.raises(BadMessage):
        await engine.dispatcher.end_step(device, order.step_id, end)


async def test_what_changes_again_and_again_is_asked_three_times_and_then_told(
    engine: Engine,
) -> None:
    device = await engine.pair()
    approval = await engine.ask_for_shell()
    drifted = StepResult(status=StepStatus.REFUSED, text="It changed.", drift=Drift.FILES)
    for _ in range(4):
        await engine.approve(approval)
        order = await engine.order(device)
        assert order is not None
        await engine.dispatcher.end_step(device, order.step_id, drifted)
        assert await engine.order(device) is None
        approval = await engine.approval_of(approval.run_id, last=True)
    assert approval.status is ApprovalStatus.APPROVED
    assert approval.description == "It is asked again: the files changed after the approval."
    await engine.plan(await engine.claim())
    run = await engine.dispatcher.run(approval.run_id)
    assert (run.reason, run.answer) == (EndReason.DENIED, "It changed.")


async def test_what_the_core_alone_asks_for_is_asked_with_its_own_reason(engine: Engine) -> None:
    device = await engine.pair()
    run_id = await engine.ask("$ echo $(date)")
    await engine.plan(await engine.claim())
    question = await engine.dispatcher.claim_step(device, 0)
    assert isinstance(question, StepQuestion)
    careless = looked_at(question, VerdictKind.ALLOW)
    assert await engine.dispatcher.prepared(device, question.step_id, careless) is None
    approval = await engine.approval_of(run_id)
    assert approval.reasons[0].startswith("It runs a command to make a part of another one")
