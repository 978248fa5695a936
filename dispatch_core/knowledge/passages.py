"""The pieces that documents are cut into, and how they are cut."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

# About what fits one Slack quote; longer sections are cut between their blocks.
LONGEST_PASSAGE = 1_500
HEADING_SEPARATOR = " \u203a "


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading: its path (outermost first) and its blocks as plain lines.

    page counts from 1, and is None where the format has no pages.
    """

    headings: tuple[str, ...]
    blocks: tuple[str, ...]
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document.

    file is relative to the folder that the operator named; heading is a path, its parts joined by
    HEADING_SEPARATOR; score is BM25 weighed by coverage; coverage is the share (0 to 1) of the
    question's words that the passage has; attached tells that a person brought the file.
    """

    file: str
    heading: str
    text: str
    score: float = 0.0
    page: int | None = None
    coverage: float = 0.0
    attached: bool = False


@dataclass(slots=True)
class SectionMaker:
    """Collects headings and blocks in reading order into sections."""

    page: int | None = None
    _headings: dict[int, str] = field(default_factory=dict)
    _blocks: list[str] = field(default_factory=list)
    _done: list[Section] = field(default_factory=list)

    def heading(self, level: int, words: str) -> None:
        """A heading ends the section before it and the headings at or below its level."""
        self._close()
        self._headings = {n: text for n, text in self._headings.items() if n < level}
        if words.strip():
            self._headings[level] = " ".join(words.split())

    def block(self, text: str) -> None:
        """A paragraph, list item, table row or line of code."""
        if text.strip():
            self._blocks.append(text.strip())

    def sections(self) -> list[Section]:
        """All sections that have text."""
        self._close()
        return self._done

    def _close(self) -> None:
        if self._blocks:
            path = tuple(self._headings[level] for level in sorted(self._headings))
            self._done.append(Section(path, tuple(self._blocks), self.page))
            self._blocks = []


def passages_of(file: str, sections: Iterable[Section]) -> Iterator[Passage]:
    """Cut sections into passages of at most LONGEST_PASSAGE characters, but for longer blocks."""
    for section in sections:
        for text in _pieces(section.blocks):
            yield Passage(file, HEADING_SEPARATOR.join(section.headings), text, page=section.page)


def _pieces(blocks: tuple[str, ...]) -> Iterator[str]:
    piece: list[str] = []
    length = 0
    for block in blocks:
        if piece and length + len(block) > LONGEST_PASSAGE:
            yield "\n".join(piece)
            piece, length = [], 0
        piece.append(block)
        length += len(block)
    if piece:
        yield "\n".join(piece)
