"""How an entry is drawn as a message."""

from bot.blocks.approval import approval_card
from bot.blocks.artifact import artifact_link
from bot.blocks.drawn import Drawn
from bot.blocks.run import run_card
from bot.blocks.said import said
from dispatch_core.approval_views import ApprovalView
from dispatch_core.views import MessageView, RunView, ThreadEntry


def draw(entry: ThreadEntry) -> Drawn:
    """The entry as it looks now; a file is drawn as the message with its link."""
    body = entry.body
    if isinstance(body, RunView):
        return run_card(body)
    if isinstance(body, ApprovalView):
        return approval_card(body)
    if isinstance(body, MessageView):
        return said(body)
    return artifact_link(body, "")


def plain(drawn: Drawn) -> Drawn:
    """The same as bare text, for where Slack does not take the blocks."""
    return Drawn(drawn.text, ())
