"""An approval: what is asked for, who may answer, and what was answered."""

from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    InteractiveElement,
    PlainTextInputElement,
    PlainTextObject,
)
from slack_sdk.models.views import View

from bot.blocks.drawn import Drawn, actions, button, context, fenced_head, header, message, section
from bot.blocks.inert import inert, inert_line
from bot.blocks.limits import PAYLOAD, PAYLOAD_BLOCKS, REASON_INPUT, SECTION, TITLE
from bot.blocks.moments import moment
from bot.blocks.people import mention, mentions
from dispatch_core.lifecycle import ApprovalStatus
from dispatch_core.redaction import make_visible
from dispatch_core.views import ApprovalView

REJECT_MODAL = "approval_reject_modal"
REASON = "reason"  # the input's block_id and action_id

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
    return message(
        notice,
        header(f"✋ {approval.title}" if pending else approval.title),
        _description(approval),
        *payload_blocks(approval, PAYLOAD, PAYLOAD_BLOCKS),
        context(_device(approval), f"asked by {mention(approval.requester)}"),
        section(_who_and_when(approval) if pending else verdict(approval)),
        actions(approval_buttons(approval)),
    )


def verdict(approval: ApprovalView) -> str:
    """What was answered, by whom, when and why; an expiry and a withdrawal name nobody."""
    words = _VERDICTS[approval.status]
    if approval.status is ApprovalStatus.EXPIRED:
        return f"{words}: nobody answered by {moment(approval.expires_at)}, so nothing was done."
    if approval.status is ApprovalStatus.WITHDRAWN:
        return f"{words}: its run ended before anybody answered."
    by = f" by {mention(approval.decided_by)}" if approval.decided_by else ""
    when = f" {moment(approval.decided_at)}" if approval.decided_at else ""
    why = f"\nReason: {inert(approval.decision_reason, 1_500)}" if approval.decision_reason else ""
    return f"{words}{by}{when}{why}"


def approval_buttons(approval: ApprovalView) -> list[InteractiveElement]:
    """Approve and the two ways to reject; none once it is decided."""
    if approval.status is not ApprovalStatus.PENDING:
        return []
    return [
        button("Approve", "approval_approve", approval.id, style="primary"),
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
    told = f"⚠️ Cut: {len(rest):,} more characters are not shown here." if rest.strip() else ""
    note = context(told)
    return [*blocks, note] if note else blocks


def reject_modal(approval: ApprovalView) -> View:
    """Asks for the reason of a rejection; the planner and the asker see it."""
    element = PlainTextInputElement(
        action_id=REASON,
        multiline=True,
        max_length=REASON_INPUT,
        focus_on_load=True,
        placeholder=PlainTextObject(text="What should be done instead?"),
    )
    return View(
        type="modal",
        callback_id=REJECT_MODAL,
        private_metadata=approval.id,
        title=PlainTextObject(text="Reject with a reason"),
        submit=PlainTextObject(text="Reject"),
        close=PlainTextObject(text="Back"),
        blocks=[
            section(inert_line(approval.title, TITLE)),
            InputBlock(label=PlainTextObject(text="Reason"), block_id=REASON, element=element),
        ],
    )


def _description(approval: ApprovalView) -> Block | None:
    text = inert(approval.description, SECTION)
    return section(text) if text.strip() else None


def _device(approval: ApprovalView) -> str:
    return f"💻 on {inert_line(approval.device_name, TITLE)}" if approval.device_name else ""


def _who_and_when(approval: ApprovalView) -> str:
    who = f"{mentions(approval.approvers)} may decide." if approval.approvers else ""
    reminder = "⏰ Reminder: " if approval.reminded else ""
    expiry = f"{reminder}it expires {moment(approval.expires_at)}."
    return f"{who} {expiry[0].upper()}{expiry[1:]}".strip()
