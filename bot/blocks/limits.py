"""Slack's limits, and the cuts that keep every text within them.

Numbers without a note are those of slack_sdk.models and Slack's Block Kit reference. Lengths are
characters. A cut always shows: what was left out ends in an ellipsis or is said in words.
"""

from collections.abc import Sequence
from itertools import accumulate

from slack_sdk.models.blocks import Block

SECTION = 3_000
HEADER = 150
CONTEXT_ELEMENTS = 10
BUTTON = 75
OPTION = 75
MODAL_TITLE = 24
REASON_INPUT = 1_000
MESSAGE_BLOCKS = 50
HOME_BLOCKS = 100
FALLBACK = 3_000  # chat.update refuses a text above 4,000 (msg_too_long)
# A message's blocks are refused near 13,200 characters (bolt-js#2509), and its markdown blocks
# above 12,000 together; one bound below both leaves room for what stands around the text.
MARKDOWN = 11_000
PAYLOAD = 2_600
PAYLOAD_BLOCKS = 3  # near 9,000 characters once escaped, which leaves room for the rest
PREVIEW = 1_500
REASONS = 500
PROGRAMS = 200
COVERED = 300
EDIT_INPUT = 3_000  # the most that a plain_text_input takes
OUTPUT_TAIL = 2_000
CARD_ANSWER = 3_000
HEAD_OF_LONG = 3_000  # what is shown of an answer that goes into a file
TITLE = 150

ELLIPSIS = "…"
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def cut(text: str, limit: int) -> str:
    """The text's head, at most limit characters with the ellipsis that tells of the cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def one_line(text: str, limit: int) -> str:
    """The text on one line, cut to limit characters."""
    return cut(" ".join(text.split()), limit)


def head(text: str, limit: int) -> str:
    """At most limit characters from the start, ended at a line where one ends in its last half."""
    if len(text) <= limit:
        return text
    end = text.rfind("\n", limit // 2, limit)
    return text[: end if end > 0 else limit]


def tail(text: str, limit: int) -> str:
    """At most limit characters from the end, begun at a line where one begins in its first half."""
    if len(text) <= limit:
        return text
    kept = text[-limit:]
    start = kept.find("\n", 0, limit // 2)
    return kept[start + 1 :] if start >= 0 else kept


def escaped(text: str) -> str:
    """The text as mrkdwn shows it literally."""
    # The ampersand stands first, so that what stands for the others is left alone.
    for character, code in ESCAPES.items():
        text = text.replace(character, code)
    return text


def fit_head(text: str, limit: int) -> str:
    """The longest head whose escaped form has at most limit characters."""
    widths = accumulate(len(ESCAPES.get(character, character)) for character in text)
    return text[: sum(1 for width in widths if width <= limit)]


def fit_tail(text: str, limit: int) -> str:
    """The longest tail whose escaped form has at most limit characters."""
    return fit_head(text[::-1], limit)[::-1]


def close_fences(markdown: str) -> str:
    """A cut Markdown text, with the code fence closed that the cut left open."""
    fence = ""
    for line in markdown.splitlines():
        mark = _fence_mark(line)
        if not fence:
            fence = mark
        elif mark.startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
    return f"{markdown}\n{fence}" if fence else markdown


def _fence_mark(line: str) -> str:
    stripped = line.lstrip()
    for character in "`~":
        length = len(stripped) - len(stripped.lstrip(character))
        # Backticks after the mark make it inline code.
        if length >= 3 and "`" not in stripped[length:]:
            return character * length
    return ""


def longest_backticks(text: str) -> int:
    """How many backticks stand in a row, at most: a fence around the text must have more."""
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest


def within(blocks: Sequence[Block], limit: int) -> tuple[Block, ...]:
    """No more blocks than a surface takes."""
    return tuple(blocks[:limit])
