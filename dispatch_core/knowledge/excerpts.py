"""The part of a passage that bears on a question."""

import re

from dispatch_core.knowledge.words import question_terms, terms, variants

LONGEST_EXCERPT = 450
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'(`*-])")
_CUT = "…"


def excerpt(question: str, text: str, longest: int = LONGEST_EXCERPT) -> str:
    """The passage where it is short, else its sentences with the most of the question's words.

    Sentences keep their order and their lines; what is left out between them shows as an ellipsis.
    """
    if len(text) <= longest:
        return text
    pieces = [(n, s) for n, line in enumerate(text.split("\n")) for s in _SENTENCE_END.split(line)]
    chosen = _chosen([sentence for _, sentence in pieces], question, longest)
    return _joined(pieces, chosen, longest)


def _chosen(sentences: list[str], question: str, longest: int) -> list[int]:
    """Which sentences to keep, in order: the best, then those that fit, neighbours first."""
    asked = question_terms(question)
    known = [frozenset(terms(sentence)) for sentence in sentences]
    vocabulary = frozenset().union(*known)
    meant = [variants(term, vocabulary) for term in asked]
    met = [sum(bool(words & has) for words in meant) for has in known]
    best = max(range(len(sentences)), key=lambda n: (met[n], -n))
    bearing = [n for n in range(len(sentences)) if met[n] or n == best + 1]
    order = sorted(bearing, key=lambda n: (-met[n], abs(n - best), n))
    kept, length = [best], len(sentences[best])
    for number in order:
        if number not in kept and length + len(sentences[number]) <= longest:
            kept.append(number)
            length += len(sentences[number])
    return sorted(kept)


def _joined(pieces: list[tuple[int, str]], chosen: list[int], longest: int) -> str:
    out, before = "", -1
    for number in chosen:
        line, sentence = pieces[number]
        same_line = before >= 0 and pieces[before][0] == line
        if before >= 0:
            gap = f" {_CUT}" if number > before + 1 else ""
            out += f"{gap} " if same_line else f"{gap}\n"
        out += sentence if len(sentence) <= longest else sentence[:longest].rsplit(" ", 1)[0] + _CUT
        before = number
    return out if chosen[-1] == len(pieces) - 1 else f"{out} {_CUT}"
