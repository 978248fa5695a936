"""Approved for longer, by several, or edited: by clicks and modals, as the card then tells."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.local_workspace import interactions, modals
from dispatch_core.approval_views import ApprovalView
from dispatch_core.lifecycle import ApprovalStatus, RunStatus, Scope
from dispatch_core.protocol import Grantable, Program
from tests.bot.listeners.desk import ADA, BOT, GRACE, GUEST, Desk, Json

GRANT = Grantable(key="shell git status", words="git status in /srv")


async def asked(desk: Desk, **said: Any) -> tuple[str, str, Json]:
    """A command that waits, which a grant could cover: its thread, its device, its message."""
    device = await desk.a_device()
    ts = await desk.say(ADA, f"{BOT} $ git status")
    await desk.look(device, grant=GRANT, **said)
    return ts, device, await desk.card("approval_approve")


async def submit(desk: Desk, user: str, name: str, value: Json) -> dict[str, str] | None:
    """Submit the modal that this person has open, with one value in it."""
    view = desk.workspace.slack.views._stacks[user][-1]
    values = {name: {name: value}}
    return await modals.submit(desk.workspace.slack, user, view["id"], values)


async def the_approval(desk: Desk, ts: str) -> ApprovalView:
    return (await desk.approvals(ts))[-1]


async def test_the_card_tells_why_it_is_asked_and_what_would_run(desk: Desk) -> None:
    reasons = ("It may write.", "A pipe.")
    programs = (Program(name="git", path="/usr/bin/git", args=("status",)),)
    preview = "--- a\n+++ b\n-old\n+new"
    _, _, message = await asked(desk, reasons=reasons, programs=programs, preview=preview)
    shown = str(message["blocks"])
    for words in (*reasons, "git (/usr/bin/git)", "+new", "git status in /srv"):
        assert words in shown


async def test_for_a_thread_by_one_click(desk: Desk) -> None:
    ts, device, message = await asked(desk)
    assert await desk.click(GRACE, message, "approval_thread")
    approval = await the_approval(desk, ts)
    assert (approval.status, approval.scope) == (ApprovalStatus.APPROVED, Scope.THREAD)
    [grant] = await desk.dispatcher.grants_on(device)
    assert (grant.in_thread, grant.words) == (True, GRANT.words)
    await desk.card("for this thread until")


async def test_always_by_a_modal_that_says_what_it_covers(desk: Desk) -> None:
    ts, device, message = await asked(desk)
    await desk.click(GRACE, message, "approval_always")
    view = desk.workspace.slack.views._stacks[GRACE][-1]
    assert "git status in /srv on laptop" in str(view["blocks"])
    picker = next(b["element"] for b in view["blocks"] if b["type"] == "input")
    offered = datetime.fromisoformat(picker["initial_date"]).replace(tzinfo=UTC)
    assert timedelta(days=28) < offered - datetime.now(UTC) < timedelta(days=32)
    for wrong in ("2020-01-01", "2099-01-01"):
        told = await submit(desk, GRACE, "until", {"type": "datepicker", "selected_date": wrong})
        assert told == {
            "until": "A lasting approval ends after today and within a year; choose another day."
        }
    day = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
    assert await submit(desk, GRACE, "until", {"type": "datepicker", "selected_date": day}) is None
    approval = await the_approval(desk, ts)
    assert (approval.status, approval.scope) == (ApprovalStatus.APPROVED, Scope.ALWAYS)
    [grant] = await desk.dispatcher.grants_on(device)
    assert abs(grant.expires_at - datetime.now(UTC) - timedelta(days=90)) < timedelta(days=2)


async def test_a_guest_opens_no_modal_and_grants_nothing(desk: Desk) -> None:
    ts, device, message = await asked(desk)
    for action in ("approval_always", "approval_edit", "approval_thread"):
        await desk.click(GUEST, message, action)
    await desk.whispered(GUEST, "you are a guest here")
    assert not desk.workspace.slack.views._stacks.get(GUEST)
    assert (await the_approval(desk, ts)).status is ApprovalStatus.PENDING
    assert await desk.dispatcher.grants_on(device) == ()


async def test_two_must_approve_and_the_card_counts_them(open_desk: Any) -> None:
    async with open_desk(dispatch_approvals_needed=2) as desk:
        ts, _, message = await asked(desk)
        await desk.click(GRACE, message, "approval_approve")
        assert (await the_approval(desk, ts)).status is ApprovalStatus.PENDING
        await desk.card("*1 of 2*: <@U0GRACE>")
        await desk.click(GRACE, message, "approval_approve")
        await desk.whispered(GRACE, "1 more must approve it")
        await desk.click(ADA, message, "approval_approve")
        assert (await the_approval(desk, ts)).status is ApprovalStatus.APPROVED
        await desk.card("*Approved* by <@U0GRACE>")


async def test_nobody_approves_their_own_where_the_operator_says_so(open_desk: Any) -> None:
    async with open_desk(dispatch_approve_own=False) as desk:
        ts, _, message = await asked(desk)
        await desk.click(ADA, message, "approval_approve")
        await desk.whispered(ADA, "nobody decides their own request here; <@U0GRACE> may")
        await desk.click(GRACE, message, "approval_approve")
        assert (await the_approval(desk, ts)).status is ApprovalStatus.APPROVED


async def test_an_edited_command_is_looked_at_and_asked_for_anew(desk: Desk) -> None:
    ts, device, message = await asked(desk)
    await desk.click(GRACE, message, "approval_edit")
    view = desk.workspace.slack.views._stacks[GRACE][-1]
    assert view["blocks"][1]["element"]["initial_value"] == "git status"
    typed = {"type": "plain_text_input", "value": "git status --short"}
    same = await submit(desk, GRACE, "text", typed | {"value": "git status"})
    assert same == {"text": "It is the same as before, so nothing was changed."}
    assert await submit(desk, GRACE, "text", typed) is None
    await desk.card("edited by <@U0GRACE>")
    question = await desk.look(device, grant=GRANT)
    assert question.arguments == {"command": "git status --short"}
    first, second = await desk.approvals(ts)
    assert (first.status, first.replaced_by) == (ApprovalStatus.WITHDRAWN, first.replaced_by)
    assert (second.payload, second.edited_by) == ("git status --short", first.replaced_by)
    again = await desk.card("✏️ edited by <@U0GRACE>")
    await desk.click(GRACE, again, "approval_approve")
    assert (await desk.runs(ts))[0].status is RunStatus.QUEUED


async def test_who_may_not_decide_may_not_open_the_editor(open_desk: Any) -> None:
    async with open_desk(dispatch_approvers=(GRACE,)) as desk:
        _, _, message = await asked(desk)
        await desk.click(ADA, message, "approval_edit")
        await desk.whispered(ADA, "You may not decide this request")
        assert not desk.workspace.slack.views._stacks.get(ADA)


async def test_a_modal_that_comes_second_is_told_who_decided(desk: Desk) -> None:
    _, _, message = await asked(desk)
    await desk.click(GRACE, message, "approval_edit")
    await desk.click(ADA, message, "approval_approve")
    typed = {"type": "plain_text_input", "value": "git log"}
    assert await submit(desk, GRACE, "text", typed) is None
    shown = desk.workspace.slack.views._stacks[GRACE][-1]
    assert "already approved by <@U0ADA>" in str(shown["blocks"])


async def test_a_grant_is_listed_in_the_home_and_revoked_there(desk: Desk) -> None:
    _, device, message = await asked(desk)
    await desk.click(ADA, message, "approval_thread")
    slack = desk.workspace.slack
    modals.open_home(slack, ADA)
    await desk.workspace.wait_until(lambda: "grant_revoke" in str(slack.views.home(ADA)))
    home = slack.views.home(ADA) or {}
    assert GRANT.words in str(home)
    click = interactions.Click(user=ADA, action_id="grant_revoke", view_id=home["id"])
    assert await interactions.act(slack, click)
    assert await desk.dispatcher.grants_on(device) == ()
    await desk.workspace.wait_until(lambda: "grant_revoke" not in str(slack.views.home(ADA)))
