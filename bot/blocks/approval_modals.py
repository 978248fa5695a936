"""What is asked for in a modal before an approval is rejected, made lasting, or edited."""

from datetime import date

from slack_sdk.models.blocks import (
    Block,
    DatePickerElement,
    InputBlock,
    InputInteractiveElement,
    PlainTextInputElement,
    PlainTextObject,
)
from slack_sdk.models.views import View

from bot.blocks.approval import covered_words
from bot.blocks.drawn import context, section
from bot.blocks.inert import inert_line
from bot.blocks.limits import EDIT_INPUT, REASON_INPUT, TITLE
from dispatch_core.approval_views import ApprovalView

REJECT_MODAL = "approval_reject_modal"
ALWAYS_MODAL = "approval_always_modal"
EDIT_MODAL = "approval_edit_modal"
# Each input's block_id and action_id.
REASON = "reason"
UNTIL = "until"
TEXT = "text"


def reject_modal(approval: ApprovalView) -> View:
    """Asks for the reason of a rejection; the planner and the asker see it."""
    element = PlainTextInputElement(
        action_id=REASON,
        multiline=True,
        max_length=REASON_INPUT,
        focus_on_load=True,
        placeholder=PlainTextObject(text="What should be done instead?"),
    )
    return _modal(
        approval,
        (REJECT_MODAL, "Reject with a reason", "Reject"),
        section(inert_line(approval.title, TITLE)),
        _input("Reason", REASON, element),
    )


def always_modal(approval: ApprovalView, ends: date) -> View:
    """Says what a lasting approval covers, and asks for its last day; ends is the day offered."""
    element = DatePickerElement(action_id=UNTIL, initial_date=ends.isoformat())
    several = f"{approval.needed} must approve: the narrowest answer counts. "
    return _modal(
        approval,
        (ALWAYS_MODAL, "Approve always", "Approve"),
        section(f"*Without asking, in every thread:*\n{covered_words(approval)}"),
        _input("Last day", UNTIL, element),
        context(
            f"{several if approval.needed > 1 else ''}A year at most. It also ends when you revoke "
            "it, in my Home or with `/devices NAME`, or when the device is removed."
        ),
    )


def edit_modal(approval: ApprovalView, text: str) -> View:
    """Asks for another text; the device looks at it anew, and it is asked for anew."""
    element = PlainTextInputElement(
        action_id=TEXT,
        multiline=True,
        initial_value=text,
        max_length=EDIT_INPUT,
        focus_on_load=True,
    )
    return _modal(
        approval,
        (EDIT_MODAL, "Edit before approving", "Ask for this"),
        section(inert_line(approval.title, TITLE)),
        _input("Exactly this", TEXT, element),
        context("The device looks at the new text. Then it is asked for again, in your name."),
    )


def _input(label: str, block_id: str, element: InputInteractiveElement) -> InputBlock:
    return InputBlock(label=PlainTextObject(text=label), block_id=block_id, element=element)


def _modal(approval: ApprovalView, words: tuple[str, str, str], *blocks: Block | None) -> View:
    callback_id, title, submit = words
    return View(
        type="modal",
        callback_id=callback_id,
        private_metadata=approval.id,
        title=PlainTextObject(text=title),
        submit=PlainTextObject(text=submit),
        close=PlainTextObject(text="Back"),
        blocks=[block for block in blocks if block is not None],
    )
