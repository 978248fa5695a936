"""Reads the plainest commands once more, by other means: two readers must come to the same.

A grammar can be wrong about the shell. This reader knows nothing but words, quotes and four
operators, and gives up at anything else.
"""

import re
import unicodedata
from dataclasses import dataclass

from dispatch_core.policy.commands.reading import Expands, Word

# Bare letters beyond ASCII are left out: some shells take a byte of theirs for a blank.
_BARE = r"[A-Za-z0-9_@%+=:,./^~*?\[\]-]"
_PART = re.compile(
    rf"(?P<bare>{_BARE}+)"
    r"|\\(?P<escaped>[ -~])"
    r"|'(?P<single>[^'\n]*)'"
    r'|"(?P<double>(?:[^"\\$`\n]|\\["\\$`])*)"'
)
_BLANK = re.compile(r"[ \t]*")
_OPERATOR = re.compile(r"&&|\|\||;|\|(?!&)")
_PATTERN = frozenset("*?[")
_UNESCAPED = re.compile(r'\\(["\\$`])')


@dataclass(frozen=True, slots=True)
class Plain:
    """A command of plain words: its calls, and the operators between them."""

    calls: tuple[tuple[Word, ...], ...]
    operators: tuple[str, ...]


def read(text: str) -> Plain | None:
    """The words of a command; None where it is anything but plain words and operators."""
    calls: list[tuple[Word, ...]] = []
    operators: list[str] = []
    place = 0
    while True:
        words, place = _words(text, place)
        if words is None:
            return None
        operator = _OPERATOR.match(text, place)
        if operator is None or not words:
            break
        calls.append(words)
        operators.append(operator[0])
        place = operator.end()
    if place < len(text) or not (words or operators[-1:] == [";"]):
        return None
    if words:
        return Plain((*calls, words), tuple(operators))
    return Plain(tuple(calls), tuple(operators[:-1]))


def _words(text: str, place: int) -> tuple[tuple[Word, ...] | None, int]:
    words: list[Word] = []
    while True:
        place = _end_of_blank(text, place)
        start = place
        parts: list[re.Match[str]] = []
        while part := _PART.match(text, place):
            parts.append(part)
            place = part.end()
        if place == start:
            return tuple(words), place
        word = _word(parts)
        if word is None:
            return None, place
        words.append(word)


def _end_of_blank(text: str, place: int) -> int:
    blank = _BLANK.match(text, place)
    return blank.end() if blank else place


def _word(parts: list[re.Match[str]]) -> Word | None:
    """One word of its parts; None where the shell would do more to it than is known here."""
    pieces: list[str] = []
    bare = ""
    for part in parts:
        if part["bare"] is not None:
            bare += part["bare"]
            pieces.append(part["bare"])
        elif part["double"] is not None:
            # In some encodings a letter's last byte is a backslash to the shell.
            if "\\" in part["double"] and not part["double"].isascii():
                return None
            pieces.append(_UNESCAPED.sub(r"\1", part["double"]))
        else:
            pieces.append(part["escaped"] if part["single"] is None else part["single"])
    text = "".join(pieces)
    if not all(map(_is_seen, text)):
        return None
    return _with_expansion(text, parts[0]["bare"] or "", bare)


def _with_expansion(text: str, first: str, bare: str) -> Word | None:
    pattern = not _PATTERN.isdisjoint(bare)
    if pattern and text != bare:
        return None
    if first.startswith("~"):
        # ~name, ~+ and ~- are other folders; ~ in a pattern is both.
        plain_home = (text == first or len(first) > 1) and (first + "/").startswith("~/")
        return Word(text, Expands.HOME) if plain_home and not pattern else None
    if re.search(r"[=:]~", bare):
        return None
    return Word(text, Expands.PATTERN if pattern else Expands.NOTHING)


def _is_seen(char: str) -> bool:
    """Whether a person sees this character as what it is."""
    return " " <= char <= "~" or unicodedata.category(char)[0] in "LNM"
