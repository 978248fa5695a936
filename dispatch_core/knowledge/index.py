"""An index in memory over passages: BM25 by tantivy, weighed by how much of the question is met."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath

import tantivy

from dispatch_core.knowledge.passages import Passage
from dispatch_core.knowledge.words import analyzer, question_terms, terms, variants

HEADING_BOOST = 2.0
FILE_BOOST = 0.5
# Passages that BM25 proposes before coverage orders them.
POOL = 30
# A word that more than this share of the passages has says little about any of them.
COMMON_SHARE = 0.4
COMMON_WEIGHT = 0.4
# Among fewer passages than this, a word in most of them may still be what is asked about.
FEWEST_FOR_COMMON = 4


class Index:
    """Passages that can be searched; it never changes.

    A misspelt word is compared with every word there is, of most_slips words at most.
    """

    def __init__(self, passages: Iterable[Passage], most_slips: float = math.inf) -> None:
        self._passages = tuple(passages)
        self._terms = [frozenset(terms(f"{_titles(p)} {p.text}")) for p in self._passages]
        self._found_in = Counter(term for known in self._terms for term in known)
        self._index = _build(self._passages)
        self._slips = len(self._found_in) <= most_slips

    def search(self, question: str, limit: int) -> list[Passage]:
        """The best passages first, with their score and coverage; none without a common word."""
        asked = question_terms(question)
        if not asked or not self._passages:
            return []
        meant = {term: variants(term, self._found_in, slips=self._slips) for term in asked}
        searcher = self._index.searcher()
        hits = searcher.search(_query(self._index.schema, meant), POOL).hits
        found = [self._weighed(searcher, score, address, meant) for score, address in hits]
        found.sort(key=lambda passage: -passage.score)
        return found[:limit]

    def _weighed(
        self,
        searcher: tantivy.Searcher,
        score: float,
        address: tantivy.DocAddress,
        meant: dict[str, frozenset[str]],
    ) -> Passage:
        number = int(str(searcher.doc(address).get_first("number")))
        coverage = self._coverage(self._terms[number], meant)
        passage = self._passages[number]
        return replace(passage, score=round(score * (0.3 + coverage), 3), coverage=coverage)

    def _coverage(self, known: frozenset[str], meant: dict[str, frozenset[str]]) -> float:
        weights = {term: self._weight(words) for term, words in meant.items()}
        met = sum(weights[term] for term, words in meant.items() if known & words)
        return round(met / sum(weights.values()), 3)

    def _weight(self, words: frozenset[str]) -> float:
        if len(self._passages) < FEWEST_FOR_COMMON:
            return 1.0
        share = max(self._found_in[word] for word in words) / len(self._passages)
        return COMMON_WEIGHT if share > COMMON_SHARE else 1.0


def _titles(passage: Passage) -> str:
    return f"{PurePosixPath(passage.file).stem} {passage.heading}"


def _build(passages: tuple[Passage, ...]) -> tantivy.Index:
    builder = tantivy.SchemaBuilder()
    for name in ("file", "heading", "body"):
        builder.add_text_field(name, tokenizer_name="english", index_option="freq")
    builder.add_integer_field("number", stored=True)
    index = tantivy.Index(builder.build())
    index.register_tokenizer("english", analyzer())
    writer = index.writer(num_threads=1)
    for number, passage in enumerate(passages):
        stem = PurePosixPath(passage.file).stem
        writer.add_document(
            tantivy.Document(file=stem, heading=passage.heading, body=passage.text, number=number)
        )
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index


def _query(schema: tantivy.Schema, meant: dict[str, frozenset[str]]) -> tantivy.Query:
    """Any of the words, in any field; the best variant of a word counts."""
    boosts = {"body": 1.0, "heading": HEADING_BOOST, "file": FILE_BOOST}
    clauses = []
    for words in meant.values():
        for field, boost in boosts.items():
            ways = [tantivy.Query.term_query(schema, field, word) for word in sorted(words)]
            best = tantivy.Query.disjunction_max_query(ways)
            clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(best, boost)))
    return tantivy.Query.boolean_query(clauses)
