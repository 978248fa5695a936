"""What Dispatch itself says in a thread: an answer, a notice, a schedule, or news of a device."""

from slack_sdk.models.blocks import ActionsBlock, ContextBlock, MarkdownBlock

from bot.blocks.device import confirm_button, remove_button
from bot.blocks.drawn import Drawn, actions, context, message
from bot.blocks.inert import inert, inert_markdown
from bot.blocks.limits import FALLBACK, HEAD_OF_LONG, MARKDOWN, close_fences, head
from bot.blocks.schedule import schedule_card
from dispatch_core.views import MessageView

ANSWER_FILE = "answer.md"
EMPTY = "_(nothing)_"
_CLOSING = 100  # room for the fence that closes a cut one


def said(view: MessageView, file_refused: bool = False) -> Drawn:
    """The message in Markdown; a long one is its beginning, and the whole goes into a file.

    Where Slack refused that file, more of the beginning is shown instead.
    """
    if view.schedule is not None:
        return schedule_card(view.schedule)
    text = inert_markdown(view.text.replace("\r\n", "\n")).strip() or EMPTY
    notice = inert(view.text, FALLBACK)
    if len(text) <= MARKDOWN:
        return message(notice, MarkdownBlock(text=text), _newer(view), _device_buttons(view))
    if file_refused:
        where, shown = "Slack did not take the rest as a file.", MARKDOWN - _CLOSING
    else:
        where, shown = f"The whole is in {ANSWER_FILE}.", HEAD_OF_LONG
    return message(
        notice,
        MarkdownBlock(text=close_fences(head(text, shown))),
        context(f"✂️ This is the beginning. {where}"),
        _newer(view),
        _device_buttons(view),
        whole=view.text,
    )


def _newer(view: MessageView) -> ContextBlock | None:
    return context("A newer notice of this device says what waits now." if view.replaced else "")


def _device_buttons(view: MessageView) -> ActionsBlock | None:
    if view.device_id is None:
        return None
    confirm = [confirm_button(view.device_id, view.confirms)] if view.confirms else []
    return actions(f"device:{view.device_id}", [*confirm, remove_button(view.device_id)])
