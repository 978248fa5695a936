"""An approval: what is asked for and why, who may answer, and what was answered."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, InteractiveElement

from bot.blocks.drawn import (
    Drawn,
    actions,
    are_you_sure,
    button,
    context,
    fenced_head,
    header,
    literal,
    message,
    section,
)
from bot.blocks.inert import inert, inert_line
from bot.blocks.limits import (
    COVERED,
    PAYLOAD,
    PAYLOAD_BLOCKS,
    PREVIEW,
    PROGRAMS,
    REASONS,
    SECTION,
    TITLE,
    fit_head,
)
from bot.blocks.moments import moment
from bot.blocks.people import mention, mentions
from dispatch_core.approval_views import ApprovalView
from dispatch_core.lifecycle import ApprovalStatus, Scope
from dispatch_core.redaction import make_visible

MOST_REASONS = 6

_VERDICTS = {
    ApprovalStatus.APPROVED: "✅ *Approved*",
    ApprovalStatus.REJECTED: "🚫 *Rejected*",
    ApprovalStatus.EXPIRED: "⌛ *Expired*",
    ApprovalStatus.WITHDRAWN: "↩️ *Withdrawn*",
}


def approval_card(approval: ApprovalView) -> Drawn:
    """The request with its buttons while it is pending, with the answer once it has one."""
    pending = approval.status is ApprovalStatus.PENDING
    title = inert_line(approval.title, TITLE)
    notice = f"✋ Approval needed: {title}" if pending else f"{verdict(approval)} · {title}"
    most = PAYLOAD_BLOCKS - 1 if approval.preview else PAYLOAD_BLOCKS
    why = _reason_words(approval)
    return message(
        f"{notice}\n{inert(why, 1_500)}" if why else notice,
        header(f"✋ {approval.title}" if pending else approval.title),
        _description(approval),
        *payload_blocks(approval, PAYLOAD, most),
        *preview_blocks(approval),
        *(_why(approval) if pending else ()),
        context(_device(approval), f"asked by {mention(approval.requester)}", _editor(approval)),
        section(_who_and_when(approval) if pending else verdict(approval)),
        literal(why) if why else None,
        actions(f"approval:{approval.id}", approval_buttons(approval)),
    )


def verdict(approval: ApprovalView) -> str:
    """What was answered, by whom and when; an expiry and a withdrawal name nobody."""
    words = _VERDICTS[approval.status]
    if approval.status is ApprovalStatus.EXPIRED:
        return f"{words}: nobody answered by {moment(approval.expires_at)}, so nothing was done."
    if approval.status is ApprovalStatus.WITHDRAWN:
        return f"{words}: {_why_withdrawn(approval)}"
    by = f" by {_all_who_said_yes(approval)}" if approval.decided_by else ""
    when = f" {moment(approval.decided_at)}" if approval.decided_at else ""
    return f"{words}{by}{when}{_reach(approval)}"


def approval_buttons(approval: ApprovalView) -> list[InteractiveElement]:
    """The ways to approve, to edit and to reject; none once it is decided."""
    if approval.status is not ApprovalStatus.PENDING:
        return []
    edit = [button("Edit…", "approval_edit", approval.id)] if approval.editable else []
    return [
        button("Approve", "approval_approve", approval.id, style="primary"),
        *_lasting_buttons(approval),
        *edit,
        button("Reject", "approval_reject", approval.id, style="danger"),
        button("Reject with a reason…", "approval_reject_reason", approval.id),
    ]


def payload_blocks(approval: ApprovalView, limit: int, most: int = 1) -> list[Block]:
    """What would be done, as code, in up to most blocks of limit characters.

    A cut is told, since what is hidden is decided on as well.
    """
    blocks: list[Block] = []
    rest = make_visible(approval.payload)
    while rest.strip() and len(blocks) < most:
        code, hidden = fenced_head(rest, limit)
        blocks.append(code)
        rest = rest[len(rest) - hidden :]
    return [*blocks, *_told_cut(len(rest) if rest.strip() else 0)]


def preview_blocks(approval: ApprovalView) -> list[Block]:
    """What would change, as a diff, where the device could tell."""
    if not approval.preview.strip():
        return []
    shown = fit_head(approval.preview, PREVIEW)
    return [fenced_head(shown, PREVIEW)[0], *_told_cut(len(approval.preview) - len(shown))]


def count_words(approval: ApprovalView) -> str:
    """How many of those needed have approved, and who: "1 of 2: @ada 10:02"; "" for one."""
    if approval.needed < 2:
        return ""
    given = ", ".join(f"{mention(vote.person)} {moment(vote.at)}" for vote in approval.votes)
    return f"*{len(approval.votes)} of {approval.needed}*{f': {given}' if given else ''}"


def covered_words(approval: ApprovalView) -> str:
    """What a lasting approval would cover, and where."""
    words = inert_line(approval.grant_words or "", COVERED)
    return f"{words} on {inert_line(approval.device_name or 'this device', TITLE)}"


def _told_cut(hidden: int) -> list[Block]:
    note = context(f"⚠️ Cut: {hidden:,} more characters are not shown here." if hidden else "")
    return [note] if note else []


def _lasting_buttons(approval: ApprovalView) -> list[InteractiveElement]:
    if approval.grant_words is None:
        return []
    question = (
        f"For a week, this runs in this thread without asking: {approval.grant_words}. "
        "You can revoke it in my Home."
    )
    sure = are_you_sure("Approve for this thread?", question, "Approve", "Back", style="primary")
    return [
        button("Approve for this thread", "approval_thread", approval.id, confirm=sure),
        button("Always…", "approval_always", approval.id),
    ]


def _description(approval: ApprovalView) -> Block | None:
    text = inert(approval.description, REASONS if approval.reasons else SECTION)
    return section(text) if text.strip() else None


def _why(approval: ApprovalView) -> list[Block]:
    """Why a person is asked, which programs would run, and what a lasting answer would cover."""
    reasons = "\n".join(f"• {line}" for line in _cut_lines(approval.reasons))
    told = ", ".join(approval.programs)
    programs = f"🔧 {inert_line(told, PROGRAMS)}" if told else ""
    covers = (
        ""
        if approval.grant_words is None
        else f"♾️ a lasting approval covers: {covered_words(approval)}"
    )
    small = (context(programs), context(covers))
    return [
        *([section(reasons)] if reasons else []),
        *(block for block in small if block is not None),
    ]


def _cut_lines(reasons: Sequence[str]) -> list[str]:
    shown = [inert_line(reason, REASONS // 2) for reason in reasons]
    kept: list[str] = []
    for line in shown[:MOST_REASONS]:
        if sum(map(len, kept)) + len(line) > REASONS:
            break
        kept.append(line)
    left = len(shown) - len(kept)
    return [*kept, f"and {left} more"] if left else kept


def _device(approval: ApprovalView) -> str:
    return f"💻 on {inert_line(approval.device_name, TITLE)}" if approval.device_name else ""


def _reason_words(approval: ApprovalView) -> str:
    return f"Reason: {approval.decision_reason}" if approval.decision_reason else ""


def _editor(approval: ApprovalView) -> str:
    return f"✏️ edited by {mention(approval.edited_by)}" if approval.edited_by else ""


def _who_and_when(approval: ApprovalView) -> str:
    who = f"{mentions(approval.approvers)} may decide." if approval.approvers else _NOBODY
    reminder = "⏰ Reminder: " if approval.reminded else ""
    expiry = f"{reminder}it expires {moment(approval.expires_at)}."
    count = f"{words}\n" if (words := count_words(approval)) else ""
    return f"{count}{who} {expiry[0].upper()}{expiry[1:]}".strip()


_NOBODY = "⚠️ Nobody may approve it: only who asked for it or edited it is an approver."


def _all_who_said_yes(approval: ApprovalView) -> str:
    """Who decided; of several who approved, each but the last with the time of their yes."""
    last = approval.decided_by or ""
    if approval.status is not ApprovalStatus.APPROVED:
        return mention(last)
    others = [vote for vote in approval.votes if vote.person != last]
    named = [f"{mention(vote.person)} {moment(vote.at)}" for vote in others]
    return " and ".join([*([", ".join(named)] if named else []), mention(last)])


def _reach(approval: ApprovalView) -> str:
    if approval.granted_until is None or approval.status is not ApprovalStatus.APPROVED:
        return ""
    where = "for this thread" if approval.scope is Scope.THREAD else "always"
    return f", {where} until {moment(approval.granted_until)}: {covered_words(approval)}"


def _why_withdrawn(approval: ApprovalView) -> str:
    if approval.replaced_by is None:
        return "its run ended before anybody answered."
    when = f" {moment(approval.decided_at)}" if approval.decided_at else ""
    return f"edited by {mention(approval.replaced_by)}{when}; its device looks at the new text."
