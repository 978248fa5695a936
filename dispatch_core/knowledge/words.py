"""Words as the index sees them: folded, stemmed, without those that every question has."""

import difflib
from collections.abc import Iterable

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

# The words of questions, not of their subjects.
_STOP_WORDS = (
    "a about all also am an and any are as at be been being but by can cannot could did do "
    "does doing done each every explain for from get give had has have having he her here him "
    "his how i if in into is isn't it its just know let like many may me mean means might "
    "more most much must my need no not of on one or our please say says shall she should "
    "show so some such tell than thank thanks that the their them then there these they thing "
    "things this those to too us use used using very want was way we well were what what's "
    "when where whether which while who whom whose why will with would you your exactly "
    "really ok okay hi hello hey s t d re ve ll m describe basics overview introduction guide "
    "docs documentation document documents anything something someone "
    "long until happen happens often work works "
)
_STOP = frozenset(_STOP_WORDS.split())
_CLOSE = 0.86
# Each term is compared with every word of what is read for it.
LONGEST_QUESTION = 2_000
MOST_TERMS = 40


def analyzer() -> TextAnalyzer:
    """Lower case, no accents, English stems."""
    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(60))
    for step in (Filter.lowercase(), Filter.ascii_fold(), Filter.stemmer("english")):
        builder = builder.filter(step)
    return builder.build()


_ANALYZER = analyzer()


def terms(text: str) -> list[str]:
    """Every stem of a text, in order."""
    return _ANALYZER.analyze(text)


def question_terms(question: str) -> list[str]:
    """The stems of a question that say what it is about, each once; all, where none would stay.

    Of a long one the first MOST_TERMS in its first LONGEST_QUESTION characters.
    """
    question = question[:LONGEST_QUESTION]
    return subject_terms(question) or list(dict.fromkeys(terms(question)))[:MOST_TERMS]


def subject_terms(question: str) -> list[str]:
    """The same, but none where a question has only the words of questions."""
    words = question[:LONGEST_QUESTION].replace("'s ", " ").split()
    said = [w for w in words if w.strip("?!.,;:'\"()").casefold() not in _STOP]
    return list(dict.fromkeys(terms(" ".join(said))))[:MOST_TERMS]


def variants(term: str, vocabulary: Iterable[str], *, slips: bool = True) -> frozenset[str]:
    """The term and the vocabulary's words that are meant by it: other endings, else a slip."""
    if len(term) < 5:
        return frozenset({term})
    stem = term[:-1]
    endings = {word for word in vocabulary if word.startswith(stem) and len(word) <= len(term) + 2}
    if endings or term.isdigit() or not slips:
        return frozenset({term, *endings})
    return frozenset({term, *difflib.get_close_matches(term, vocabulary, n=2, cutoff=_CLOSE)})
