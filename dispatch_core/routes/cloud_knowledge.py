"""The cloud-knowledge route: quotes what the documents say, and says where it stands."""

import asyncio
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from dispatch_core.abilities import ToolName
from dispatch_core.knowledge.library import Library
from dispatch_core.knowledge.passages import Passage
from dispatch_core.knowledge.words import question_terms
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import StepResult
from dispatch_core.routes.cloud_knowledge_attached import about_meant, beginnings, ranked
from dispatch_core.routes.cloud_knowledge_files import ThreadFiles, files_of, listed
from dispatch_core.routes.cloud_knowledge_quotes import place, quote
from dispatch_core.routes.tool import Offer, StepContext

# The share of a question's words that a passage must have, so that a question about something
# else finds nothing: tried on questions about Dispatch's docs and on general ones.
ENOUGH = 0.55
NEAR = 0.4
MOST_QUOTES = 3
# A further passage is quoted only where it is nearly as good as the first.
NEARLY_AS_GOOD = 0.7
NO_FILES = ThreadFiles()


def offer(library: Library) -> Offer:
    """The tool search_knowledge{query} over a library, and over the files of the thread."""
    return Offer(ToolName.SEARCH_KNOWLEDGE, partial(_search, library))


async def _search(
    library: Library, context: StepContext, arguments: Mapping[str, Any]
) -> StepResult:
    query = str(arguments["query"])
    try:
        async with asyncio.timeout(context.timeout_seconds):
            brought = await files_of(context)
            text = await asyncio.to_thread(answer, library, query, brought)
    except TimeoutError:
        return StepResult(status=StepStatus.TIMED_OUT, text="Reading the documents took too long.")
    return StepResult(status=StepStatus.DONE, text=text)


def answer(library: Library, query: str, brought: ThreadFiles = NO_FILES) -> str:
    """The answer in Markdown: up to three quotes with their sources, or that there is nothing."""
    meant = about_meant(query, brought)
    if meant is None:
        return _with_warnings(beginnings(brought.meant_by(query)), brought.warnings(query))
    if meant:
        return _with_warnings(_quotes(query, meant), brought.warnings(query))
    found = library.search(query, limit=10)
    enough = [passage for passage in found if passage.coverage >= ENOUGH]
    if best := ranked(query, enough, brought):
        return _with_warnings(_quotes(query, best), brought.warnings(query))
    said = _nothing(library.files(), found, [text.name for text in brought.texts])
    return _with_warnings(said, brought.warnings(query, every=True))


def _quotes(query: str, found: list[Passage]) -> str:
    best = [p for p in found if p.score >= NEARLY_AS_GOOD * found[0].score]
    return "\n\n".join(quote(query, passage) for passage in best[: _quotes_for(query)])


def _with_warnings(said: str, warnings: Iterable[str]) -> str:
    return "\n\n".join((said, *warnings))


def _quotes_for(query: str) -> int:
    """How many quotes serve: a one-word question is met by many passages, and one will do."""
    return min(MOST_QUOTES, max(1, len(question_terms(query))))


def _nothing(files: tuple[str, ...], found: list[Passage], attached: list[str]) -> str:
    if attached and not files:
        return (
            f"I found nothing about that in this thread's {listed(attached)}; ask in other words."
        )
    if not files:
        return (
            "There are no documents to search; put Markdown, HTML, PDF or text files into the "
            "folder that `DISPATCH_KNOWLEDGE` names."
        )
    near = ""
    if found and found[0].coverage >= NEAR:
        near = f" The nearest that I have: {place(found[0])}"
    documents = "document" if len(files) == 1 else "documents"
    nor = f", nor in this thread's {listed(attached)}" if attached else ""
    return (
        f"I found nothing about that in the {len(files)} {documents} I have ({listed(files)}){nor};"
        " ask in other words, or have a document put into the folder that `DISPATCH_KNOWLEDGE` "
        f"names.{near}"
    )
