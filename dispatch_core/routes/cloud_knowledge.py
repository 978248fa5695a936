"""The cloud-knowledge route: quotes what the documents say, and says where it stands."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

from dispatch_core.abilities import ToolName
from dispatch_core.knowledge.excerpts import excerpt
from dispatch_core.knowledge.library import Library
from dispatch_core.knowledge.passages import Passage
from dispatch_core.knowledge.words import question_terms
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import StepResult
from dispatch_core.routes.tool import Offer, StepContext

# The share of a question's words that a passage must have, so that a question about something
# else finds nothing: tried on questions about Dispatch's docs and on general ones.
ENOUGH = 0.55
NEAR = 0.4
MOST_QUOTES = 3
# A further passage is quoted only where it is nearly as good as the first.
NEARLY_AS_GOOD = 0.7
MOST_NAMES = 5
NOTHING = "I found nothing about that in the "
ELSEWHERE = "\n\nThe files of this thread are not among them: only code that you send reads those."


def offer(library: Library) -> Offer:
    """The tool search_knowledge{query} over a library."""
    return Offer(ToolName.SEARCH_KNOWLEDGE, partial(_search, library))


async def _search(
    library: Library, context: StepContext, arguments: Mapping[str, Any]
) -> StepResult:
    query = str(arguments["query"])
    try:
        text = await asyncio.wait_for(
            asyncio.to_thread(answer, library, query), context.timeout_seconds
        )
    except TimeoutError:
        return StepResult(status=StepStatus.TIMED_OUT, text="Reading the documents took too long.")
    if text.startswith(NOTHING) and context.work.files:
        text += ELSEWHERE
    return StepResult(status=StepStatus.DONE, text=text)


def answer(library: Library, query: str) -> str:
    """The answer in Markdown: up to three quotes with their sources, or that there is nothing."""
    found = library.search(query, limit=10)
    enough = [passage for passage in found if passage.coverage >= ENOUGH]
    if not enough:
        return _nothing(library.files(), found)
    best = [p for p in enough if p.score >= NEARLY_AS_GOOD * enough[0].score]
    return "\n\n".join(_quote(query, passage) for passage in best[: _quotes_for(query)])


def _quotes_for(query: str) -> int:
    """How many quotes serve: a one-word question is met by many passages, and one will do."""
    return min(MOST_QUOTES, max(1, len(question_terms(query))))


def _quote(query: str, passage: Passage) -> str:
    lines = excerpt(query, passage.text).split("\n")
    quoted = "\n".join(f"> {line}  " if line.strip() else ">" for line in lines)
    return f"{quoted.rstrip()}\n\nSource: {_place(passage)}"


def _place(passage: Passage) -> str:
    heading = f", {passage.heading}" if passage.heading else ""
    page = f", page {passage.page}" if passage.page is not None else ""
    return f"`{passage.file}`{heading}{page}"


def _nothing(files: tuple[str, ...], found: list[Passage]) -> str:
    if not files:
        return (
            "There are no documents to search; put Markdown, HTML, PDF or text files into the "
            "folder that `DISPATCH_KNOWLEDGE` names."
        )
    names = ", ".join(f"`{name}`" for name in files[:MOST_NAMES])
    more = f" and {len(files) - MOST_NAMES} more" if len(files) > MOST_NAMES else ""
    near = ""
    if found and found[0].coverage >= NEAR:
        near = f" The nearest that I have: {_place(found[0])}"
    documents = "document" if len(files) == 1 else "documents"
    return (
        f"{NOTHING}{len(files)} {documents} I have ({names}{more}); ask in other words, or have "
        f"a document put into the folder that `DISPATCH_KNOWLEDGE` names.{near}"
    )
