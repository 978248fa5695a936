"""How a passage is quoted in an answer, and how its place is told."""

from dispatch_core.knowledge.attached import balanced, is_prose, literal
from dispatch_core.knowledge.excerpts import excerpt
from dispatch_core.knowledge.passages import Passage


def quote(query: str, passage: Passage, *, whole: bool = False) -> str:
    """The part of a passage that bears on a question, or all of it, quoted with its source."""
    lines = (passage.text if whole else excerpt(query, passage.text)).split("\n")
    if passage.attached:
        mark = balanced if is_prose(passage.file) else literal
        lines = [mark(line) for line in lines]
    quoted = "\n".join(f"> {line}  " if line.strip() else ">" for line in lines)
    return f"{quoted.rstrip()}\n\nSource: {place(passage)}"


def place(passage: Passage) -> str:
    """Where a passage stands: its file, heading and page."""
    heading = f", {passage.heading}" if passage.heading else ""
    page = f", page {passage.page}" if passage.page is not None else ""
    attached = ", attached in this thread" if passage.attached else ""
    return f"`{passage.file}`{heading}{page}{attached}"
