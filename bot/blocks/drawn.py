"""What a message looks like, and the few blocks it is made of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    HeaderBlock,
    InteractiveElement,
    MarkdownBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from bot.blocks.inert import inert, inert_markdown
from bot.blocks.limits import (
    BUTTON,
    ELLIPSIS,
    FALLBACK,
    HEADER,
    MESSAGE_BLOCKS,
    SECTION,
    cut,
    escaped,
    fit_head,
    fit_tail,
    longest_backticks,
    one_line,
    tail,
    within,
)
from dispatch_core.redaction import make_visible

_CODE = re.compile(r"`([^`]+)`")
_FENCE = 8  # the characters of a fence and its line ends


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message: its blocks, and the mrkdwn text of its notification.

    whole is the text that did not fit, to be uploaded beside the message.
    """

    text: str
    blocks: tuple[Block, ...]
    whole: str | None = None

    def as_arguments(self) -> dict[str, Any]:
        """The `text` and `blocks` of a Web API call; raises SlackObjectFormationError."""
        return {"text": self.text, "blocks": [block.to_dict() for block in self.blocks]}


def message(text: str, *blocks: Block | None, whole: str | None = None) -> Drawn:
    """A message of these blocks; None stands for a part that is not shown."""
    shown = [block for block in blocks if block is not None]
    return Drawn(cut(text, FALLBACK), within(shown, MESSAGE_BLOCKS), whole)


def section(mrkdwn: str, accessory: InteractiveElement | None = None) -> SectionBlock:
    """A paragraph; the caller has made foreign texts inert."""
    text = MarkdownTextObject(text=cut(mrkdwn, SECTION), verbatim=True)
    return SectionBlock(text=text, accessory=accessory, block_id=_row_of(accessory))


def _row_of(accessory: InteractiveElement | None) -> str | None:
    """The lasting block_id of a paragraph with a button; see actions."""
    if not isinstance(accessory, ButtonElement):
        return None
    return f"{accessory.action_id}:{accessory.value}"


def literal(text: str) -> SectionBlock:
    """A paragraph of a person's own words: plain text, where no star or underscore acts."""
    visible = make_visible(text[: SECTION + 1])
    shown = fit_head(visible, SECTION - 1)
    whole = shown if shown == visible else shown + ELLIPSIS
    return SectionBlock(text=PlainTextObject(text=whole, emoji=False))


def header(text: str) -> HeaderBlock:
    """A heading in plain text; a foreign text is shown literally there."""
    line = one_line(make_visible(text), HEADER)
    return HeaderBlock(text=PlainTextObject(text=line or "…", emoji=False))


def context(*parts: str) -> ContextBlock | None:
    """Small print: the parts that say something, set apart by dots."""
    line = " · ".join(part for part in parts if part)
    text = MarkdownTextObject(text=cut(line, SECTION), verbatim=True)
    return ContextBlock(elements=[text]) if line else None


def fenced_head(text: str, limit: int) -> tuple[Block, int]:
    """The text's beginning as code, and how many characters of it are left out."""
    visible = make_visible(text)
    shown = fit_head(visible[:limit], SECTION - _FENCE)
    return _fenced(shown), len(visible) - len(shown)


def fenced_tail(text: str, limit: int) -> Block:
    """The text's end as code: the last lines of an output."""
    visible = make_visible(text[-limit - 1 :])  # what lies before is not shown
    return _fenced(fit_tail(tail(visible, limit), SECTION - _FENCE))


def _fenced(text: str) -> Block:
    # mrkdwn has no longer fence, so a text that holds one goes into a markdown block, which has.
    if "```" not in text:
        return section(f"```\n{escaped(text)}\n```")
    fence = "`" * (longest_backticks(text) + 1)
    return MarkdownBlock(text=f"{fence}\n{inert_markdown(text)}\n{fence}")


def button(
    text: str,
    action_id: str,
    value: str,
    style: str | None = None,
    confirm: ConfirmObject | None = None,
) -> ButtonElement:
    """A button; value is the id of the thing that it acts on."""
    label = PlainTextObject(text=cut(text, BUTTON), emoji=True)
    return ButtonElement(text=label, action_id=action_id, value=value, style=style, confirm=confirm)


def are_you_sure(
    title: str, question: str, yes: str, no: str, style: str = "danger"
) -> ConfirmObject:
    """The question before what reaches far; title is at most 100 characters, yes and no 30.

    Slack takes it in plain text alone, so what is code elsewhere stands between quotation marks.
    """
    question = _CODE.sub(r"“\1”", question)
    return ConfirmObject(
        title=PlainTextObject(text=title),
        text=PlainTextObject(text=cut(make_visible(question), 300)),
        confirm=PlainTextObject(text=yes),
        deny=PlainTextObject(text=no),
        style=style,
    )


def actions(block_id: str, elements: Sequence[InteractiveElement]) -> ActionsBlock | None:
    """A row of buttons; nothing where there are none.

    block_id is the row's own in its message and the same in each redrawing: Slack would give a new
    one at every edit, and an open "Are you sure?" would ask about a row that is gone.
    """
    return ActionsBlock(block_id=block_id, elements=list(elements)) if elements else None


def sentence(text: str) -> Drawn:
    """One foreign sentence, such as an error's words, as a whole message."""
    shown = inert(text, SECTION)
    return message(shown, section(shown))
