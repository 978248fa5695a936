"""What a thread's own files answer: alone, where they are meant, else beside the library."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from dispatch_core.knowledge.index import Index
from dispatch_core.knowledge.passages import Passage
from dispatch_core.knowledge.words import subject_terms, terms
from dispatch_core.routes.cloud_knowledge_files import Text, ThreadFiles, without_names
from dispatch_core.routes.cloud_knowledge_quotes import quote

# Of a file that is meant, less of the question need be met: it is about that file anyway.
ENOUGH_OF_MEANT = 0.25
ENOUGH_BESIDE = 0.5
MOST_FOUND = 10
# An ordinary text of two megabytes has fewer different words; a hostile one has many more.
MOST_SLIPS = 30_000
BEGINNING_CHARS = 900
BEGINNINGS = 3
# Who asks with these alone asks about the whole of a file.
_OF_THE_WHOLE = frozenset(
    terms(
        "summarise summarize summary sum up file files attached attachment attachments content "
        "contents contain contains inside gist main key points point tldr tl dr text texts read "
        "quote open begin begins beginning start starts first line lines upload uploaded note"
    )
)


def about_meant(query: str, brought: ThreadFiles) -> list[Passage] | None:
    """The passages of the files that are meant, best first; None where the whole of them is."""
    meant = brought.meant_by(query)
    asked = without_names(query, meant)
    if not set(subject_terms(asked)) - _OF_THE_WHOLE:
        return None if meant else []
    found = Index(_passages(meant), MOST_SLIPS).search(asked, MOST_FOUND)
    return [passage for passage in found if passage.coverage >= ENOUGH_OF_MEANT]


def beginnings(meant: Iterable[Text]) -> str:
    """How files begin, quoted: nothing here can sum a file up."""
    told = [_beginning(text) for text in list(meant)[:BEGINNINGS]]
    return "\n\n".join(("I quote and don't summarise, so here is how it begins.", *told))


def ranked(query: str, found: list[Passage], brought: ThreadFiles) -> list[Passage]:
    """The library's passages and the thread's, best first.

    Scores of two indexes can't be compared, so that of each one's best is how much of the question
    it meets; of equals, the thread's come first.
    """
    if not brought.texts:
        return found
    beside = Index(_passages(brought.texts), MOST_SLIPS).search(query, MOST_FOUND)
    ours = [passage for passage in beside if passage.coverage >= ENOUGH_BESIDE]
    return sorted((*_scaled(ours), *_scaled(found)), key=lambda passage: -passage.score)


def _scaled(found: list[Passage]) -> Iterator[Passage]:
    for passage in found:
        yield replace(passage, score=found[0].coverage * passage.score / found[0].score)


def _passages(texts: Iterable[Text]) -> Iterator[Passage]:
    for text in texts:
        yield from text.passages


def _beginning(text: Text) -> str:
    if not text.passages:
        return f"`{text.name}` is empty."
    first, *more = text.passages
    lines = "\n".join((first.text, *(p.text for p in more[:BEGINNINGS])))
    cut = lines if len(lines) <= BEGINNING_CHARS else lines[:BEGINNING_CHARS] + " \u2026"
    return quote("", replace(first, text=cut), whole=True)
