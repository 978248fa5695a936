"""Makes a foreign text inert: what a person, a command or a model wrote never acts in Slack."""

import re

from bot.blocks.limits import ELLIPSIS, escaped, fit_head, one_line
from dispatch_core.redaction import make_visible

APOSTROPHE = "'"  # inline code can't hold a backtick

# Slack's special sequences: <!here>, <!subteam^…>, <!date^…>, <@U…>, <#C…>.
_SPECIAL = re.compile(r"<(?=!(?:here|channel|everyone|subteam|date)|[@#][A-Z0-9])", re.IGNORECASE)


def inert(text: str, limit: int) -> str:
    """The text for a mrkdwn field: shown literally, at most limit characters when escaped."""
    visible = make_visible(text[: limit + 1])  # what lies behind is not shown
    whole = escaped(visible)
    return whole if len(whole) <= limit else escaped(fit_head(visible, limit - 1)) + ELLIPSIS


def inert_line(text: str, limit: int) -> str:
    """The text on one line for a mrkdwn field."""
    return inert(one_line(text, limit), limit)


def inert_code(text: str, limit: int) -> str:
    """A name or a path as inline code, where mrkdwn leaves its stars and underscores alone."""
    return f"`{inert_line(text.replace('`', APOSTROPHE), limit)}`"


def inert_markdown(text: str) -> str:
    """Markdown for a markdown block: its formatting lives, its mentions don't.

    A markdown block knows no escape inside code, so a special sequence is broken by a space.
    """
    return _SPECIAL.sub("< ", make_visible(text))
