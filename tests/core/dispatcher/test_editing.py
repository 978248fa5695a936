"""An approver edits a command before approving it: what is shown and bound is the edited one."""

from pathlib import Path
from typing import Any

import pytest

from dispatch_core.abilities import ToolName
from dispatch_core.approval_errors import (
    AlreadyDecided,
    ApprovalClosed,
    BadEdit,
    MayNotDecide,
    NotEditable,
    OwnRequest,
)
from dispatch_core.approval_views import ApprovalView
from dispatch_core.lifecycle import ApprovalStatus, RunStatus, StepStatus
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.policy.fingerprint import fingerprint
from dispatch_core.protocol import Drift, StepResult
from dispatch_core.records import steps
from dispatch_core.routes.desktop_local.editing import edited, is_editable, text_of
from dispatch_core.views import Decision
from tests.core.engine import ADA, GRACE, SAM, Engine, decider, open_engine

LIN = "T1:U0LIN"
OTHERS = ApprovalRules(frozenset({ADA, GRACE, LIN}), approve_own=False)


async def edit(engine: Engine, approval: ApprovalView, text: str, by: str = ADA) -> ApprovalView:
    return await engine.dispatcher.edit(approval.id, text, decider(by))


async def journal(engine: Engine, run_id: str) -> list[tuple[Any, StepStatus]]:
    found = await engine.store.read(lambda tx: steps.of_run(tx, run_id))
    return [(step.arguments["command"], step.status) for step in found]


async def test_the_edited_command_is_looked_at_asked_for_and_done(engine: Engine) -> None:
    device = await engine.pair()
    first = await engine.ask_for_shell("rm -r build")
    assert first.editable
    assert await engine.dispatcher.text_to_edit(first.id, decider(ADA)) == "rm -r build"
    old = await edit(engine, first, "rm -r build/cache")
    assert (old.status, old.replaced_by, old.decided_by) == (ApprovalStatus.WITHDRAWN, ADA, None)
    assert (await engine.dispatcher.run(first.run_id)).status is RunStatus.QUEUED
    assert await engine.order(device) is None
    second = await engine.approval_of(first.run_id, last=True)
    assert (second.payload, second.edited_by) == ("rm -r build/cache", ADA)
    assert second.id != first.id
    await engine.approve(second)
    order = await engine.order(device)
    assert order is not None
    assert order.arguments == {"command": "rm -r build/cache"}
    mark = fingerprint(order.tool, order.arguments, device_id=device, bound=order.bound)
    assert order.fingerprint == mark
    assert await journal(engine, first.run_id) == [
        ("rm -r build", StepStatus.REFUSED),
        ("rm -r build/cache", StepStatus.STARTED),
    ]
    with pytest.raises(ApprovalClosed, match="withdrawn"):
        await engine.approve(first)


async def test_only_who_may_decide_may_edit(home: Path) -> None:
    async with open_engine(home, approvers=(GRACE,)) as engine:
        await engine.pair()
        approval = await engine.ask_for_shell()
        for who in (ADA, SAM):
            with pytest.raises(MayNotDecide):
                await engine.dispatcher.text_to_edit(approval.id, decider(who))
            with pytest.raises(MayNotDecide):
                await edit(engine, approval, "echo bye", who)
        assert (await edit(engine, approval, "echo bye", GRACE)).replaced_by == GRACE


async def test_who_edits_is_an_author_where_nobody_decides_their_own(home: Path) -> None:
    async with open_engine(home, rules=OTHERS) as engine:
        device = await engine.pair()
        approval = await engine.ask_for_shell()
        with pytest.raises(OwnRequest):
            await edit(engine, approval, "echo bye", ADA)
        await edit(engine, approval, "echo bye", GRACE)
        await engine.order(device)
        edited = await engine.approval_of(approval.run_id, last=True)
        assert (edited.authors, edited.approvers) == ((GRACE,), (LIN,))
        for author in (ADA, GRACE):
            with pytest.raises(OwnRequest):
                await engine.approve(edited, author)
        decided = await engine.approve(edited, LIN)
        assert decided.decided_by == LIN


async def test_edited_twice_both_are_authors(home: Path) -> None:
    async with open_engine(home, rules=OTHERS) as engine:
        device = await engine.pair()
        approval = await engine.ask_for_shell()
        for author, text in ((GRACE, "echo one"), (LIN, "echo two")):
            await edit(engine, approval, text, author)
            await engine.order(device)
            approval = await engine.approval_of(approval.run_id, last=True)
        assert approval.authors == (GRACE, LIN)
        assert (approval.edited_by, approval.approvers) == (LIN, ())


async def test_votes_for_another_text_do_not_count_for_the_edited_one(home: Path) -> None:
    rules = ApprovalRules(frozenset({ADA, GRACE, LIN}), needed=2)
    async with open_engine(home, rules=rules) as engine:
        device = await engine.pair()
        approval = await engine.ask_for_shell()
        await engine.approve(approval, GRACE)
        await edit(engine, approval, "echo bye", LIN)
        await engine.order(device)
        edited = await engine.approval_of(approval.run_id, last=True)
        assert edited.votes == ()
        assert (await engine.approve(edited, GRACE)).status is ApprovalStatus.PENDING
        assert (await engine.approve(edited, LIN)).status is ApprovalStatus.APPROVED


async def test_what_changed_after_the_approval_is_asked_again_as_its_editor_s(
    home: Path,
) -> None:
    async with open_engine(home, rules=OTHERS) as engine:
        device = await engine.pair()
        approval = await engine.ask_for_shell()
        await edit(engine, approval, "echo bye", GRACE)
        await engine.order(device)
        await engine.approve(await engine.approval_of(approval.run_id, last=True), LIN)
        order = await engine.order(device)
        assert order is not None
        changed = StepResult(status=StepStatus.REFUSED, text="changed", drift=Drift.FILES)
        await engine.dispatcher.end_step(device, order.step_id, changed)
        assert await engine.order(device) is None
        again = await engine.approval_of(approval.run_id, last=True)
        assert (again.edited_by, again.authors) == (GRACE, (GRACE,))
        with pytest.raises(OwnRequest):
            await engine.approve(again, GRACE)


TOKEN = "ghp_" + "a1B2" * 9


@pytest.mark.parametrize(
    "command",
    [f"GITHUB_TOKEN={TOKEN} ./publish", "echo hi\u200b", "echo " + "x" * 3_000],
    ids=["a masked secret", "a hidden character", "too long for the modal"],
)
async def test_what_can_t_be_shown_as_it_is_can_t_be_edited(engine: Engine, command: str) -> None:
    await engine.pair()
    approval = await engine.ask_for_shell(command)
    assert not approval.editable
    with pytest.raises(NotEditable):
        await engine.dispatcher.text_to_edit(approval.id, decider(ADA))
    with pytest.raises(NotEditable):
        await edit(engine, approval, "echo bye")
    await engine.approve(approval)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "nothing in it"),
        (" \n", "nothing in it"),
        ("echo hi", "the same as before"),
        ("echo " + "x" * 3_000, "longer than"),
        (f'curl -H "Cookie: a={TOKEN};rm -rf ~" x', "mask"),
    ],
)
async def test_an_edit_that_makes_no_sense_changes_nothing(
    engine: Engine, text: str, why: str
) -> None:
    await engine.pair()
    approval = await engine.ask_for_shell()
    with pytest.raises(BadEdit, match=why):
        await edit(engine, approval, text)
    assert (await engine.dispatcher.approval(approval.id)).status is ApprovalStatus.PENDING
    assert (await engine.approve(approval)).status is ApprovalStatus.APPROVED


async def test_what_is_decided_or_expired_is_edited_no_more(engine: Engine) -> None:
    await engine.pair()
    approval = await engine.ask_for_shell()
    other = await engine.ask_for_shell(thread="T1:C1:2")
    await engine.approve(approval)
    with pytest.raises(AlreadyDecided):
        await edit(engine, approval, "echo bye")
    engine.clock.move(days=2)
    with pytest.raises(ApprovalClosed, match="expired"):
        await edit(engine, other, "echo bye")


async def test_the_edited_one_can_be_rejected_and_stopped(engine: Engine) -> None:
    device = await engine.pair()
    approval = await engine.ask_for_shell()
    await edit(engine, approval, "echo bye")
    await engine.dispatcher.cancel(approval.run_id, decider(ADA))
    assert await engine.order(device) is None
    again = await engine.ask_for_shell(thread="T1:C1:2")
    await edit(engine, again, "echo bye")
    await engine.order(device)
    edited = await engine.approval_of(again.run_id, last=True)
    await engine.dispatcher.decide(edited.id, Decision.REJECT, decider(ADA))
    assert (await engine.dispatcher.run(again.run_id)).status is RunStatus.CANCELLED


@pytest.mark.parametrize(
    ("tool", "arguments", "text"),
    [
        (ToolName.SHELL, {"command": "echo hi", "pty": True}, "echo hi"),
        (ToolName.WRITE_FILE, {"path": "a.txt", "content": "one\n"}, "one\n"),
        (ToolName.WRITE_FILE, {"path": "a.txt", "content": ""}, ""),
        (ToolName.BROWSER, {"action": "open", "url": "https://example.org"}, ""),
        (ToolName.READ_FILE, {"path": "a.txt"}, ""),
    ],
)
def test_what_can_be_edited_of_a_step(tool: ToolName, arguments: dict[str, Any], text: str) -> None:
    assert text_of(tool, arguments) == text
    assert is_editable(tool, arguments) is bool(text)
    if text:
        assert text_of(tool, edited(tool, arguments, "another")) == "another"
        kept = {name for name, value in arguments.items() if value != text}
        assert all(edited(tool, arguments, "another")[name] == arguments[name] for name in kept)
