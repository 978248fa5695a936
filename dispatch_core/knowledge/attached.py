"""A text that a person attached, cut into passages: by a reader that costs no more than its length.

A stranger's file is not given to the parsers that read the operator's documents.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from dispatch_core.knowledge.passages import Passage, Section, SectionMaker, passages_of
from dispatch_core.knowledge.readers import NotText, decode
from dispatch_core.redaction import make_visible, show_payload

LONGEST_NAME = 120
LONGEST_HEADING = 120
LONGEST_LINE = 300
LONGEST_BLOCK = 900

_PROSE = {".md", ".markdown", ".mdx", ".txt", ".text", ".rst", ".adoc", ".org", ""}
_TABLES = {".csv", ".tsv"}
_SETTINGS = {".json", ".jsonl", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".env", ".xml"}
_CODE = {".py", ".sh", ".js", ".jsx", ".ts", ".tsx", ".sql", ".c", ".h", ".cc", ".cpp", ".hpp"}
_CODE |= {".cs", ".java", ".go", ".rs", ".rb", ".php", ".r", ".css", ".kt", ".swift", ".lua"}
_CODE |= {".pl", ".html", ".htm", ".tex", ".diff", ".patch", ".log", ".properties", ".tf", ".bat"}
_TEXTS = (_PROSE | _TABLES | _SETTINGS | _CODE) - {""}
_NO_TEXTS = {".pdf", ".rtf", ".svg", ".ipynb", ".eml", ".ics", ".vcf"}
_TEXT_TYPES = {f"application/{kind}" for kind in ("json", "x-ndjson", "yaml", "toml", "xml")}

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*)")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_ITEM = re.compile(r"\s{0,20}(?:[-*+\u2022]|\d{1,4}[.)])[ \t]+\S")
_RULE = re.compile(r"[ \t]*(?P<mark>[=\-~^*+#_|])[=\-~^*+#_|: \t]{2,}")
# Up to a space where there is one, so that a text without any is cut all the same.
_PIECE = re.compile(rf"\S(?:.{{0,{LONGEST_BLOCK - 2}}}\S)?(?=\s|\Z)|\S{{{LONGEST_BLOCK}}}")


def is_text(name: str, mime_type: str) -> bool:
    """Whether an attached file is read: by its ending; without a known one, by its type."""
    ending = PurePosixPath(name).suffix.lower()
    if ending in _TEXTS or ending in _NO_TEXTS:
        return ending in _TEXTS
    kind = mime_type.partition(";")[0].strip().lower()
    return kind in _TEXT_TYPES or (kind.startswith("text/") and kind != "text/rtf")


def shown_name(name: str) -> str:
    """A file's name as it may stand in inline code."""
    plain = " ".join(name.replace("`", "'").split())
    short = plain if len(plain) <= LONGEST_NAME else plain[: LONGEST_NAME - 1] + "\u2026"
    return make_visible(short)


def read_attached(name: str, path: Path, largest: int) -> tuple[Passage, ...]:
    """The passages of a text, secrets masked and hidden characters shown; raises NotText, OSError.

    Blocks, and reads no more than `largest` bytes: call it in a thread.
    """
    with path.open("rb") as opened:
        content = opened.read(largest)
    if content.startswith((b"%PDF-", b"{\\rtf", b"PK\x03\x04")):
        raise NotText
    text = show_payload(decode(content))
    cut = passages_of(shown_name(name), _sections(name, text))
    return tuple(replace(passage, attached=True) for passage in cut)


def is_prose(name: str) -> bool:
    """Whether a text is sentences, and not rows, settings or code."""
    return PurePosixPath(name).suffix.lower() in _PROSE


def _sections(name: str, text: str) -> list[Section]:
    if is_prose(name):
        return _prose(_unlinked(text))
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    table = PurePosixPath(name).suffix.lower() in _TABLES
    heading = (_cut(_unlinked(lines[0].replace("`", "'"))),) if table and len(lines) > 1 else ()
    pieces = [line[at : at + LONGEST_LINE] for line in lines for at in _starts(line)]
    return [Section(heading, tuple(pieces))] if pieces else []


def _starts(line: str) -> range:
    return range(0, len(line), LONGEST_LINE)


def _prose(text: str) -> list[Section]:
    maker, paragraph, code = SectionMaker(), list[str](), False
    for line in text.splitlines():
        heading = None if code else _HEADING.fullmatch(line)
        if _FENCE.match(line):
            _flush(maker, paragraph)
            code = not code
        elif code:
            maker.block(literal(line[:LONGEST_LINE]))
        elif heading:
            _flush(maker, paragraph)
            maker.heading(len(heading[1]), _title(heading[2]))
        elif rule := _RULE.fullmatch(line):
            _underlined(maker, paragraph, rule["mark"])
        else:
            if not line.strip() or _ITEM.match(line) or line.lstrip().startswith("|"):
                _flush(maker, paragraph)
            paragraph.append(line.strip().strip("|").strip())
    _flush(maker, paragraph)
    return maker.sections()


def _underlined(maker: SectionMaker, paragraph: list[str], mark: str) -> None:
    """A line of marks: the one line above it is a heading, else it only parts what it stands by."""
    if len(paragraph) == 1 and paragraph[0] and mark in "=-~^" and not _ITEM.match(paragraph[0]):
        title = paragraph.pop()
        maker.heading("=-~^".index(mark) + 1, _title(title))
    _flush(maker, paragraph)


def _flush(maker: SectionMaker, paragraph: list[str]) -> None:
    for piece in _pieces(" ".join(" ".join(paragraph).split())):
        maker.block(piece)
    paragraph.clear()


def _pieces(text: str) -> Iterator[str]:
    """A paragraph, cut where it is longer than a block may be."""
    if len(text) <= LONGEST_BLOCK:
        yield text
        return
    for match in _PIECE.finditer(text):
        yield match[0]


def _title(words: str) -> str:
    return _cut(words.strip("# \t").replace("`", "'"))


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST_HEADING else words[: LONGEST_HEADING - 1] + "\u2026"


def _unlinked(text: str) -> str:
    """A text in which no address can hide behind other words."""
    return text.replace("](", "] (").replace("][", "] [").replace("]:", "] :")


def literal(line: str) -> str:
    """A line as inline code, whatever it holds."""
    if not line.strip():
        return ""
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    marks, gap = "`" * (longest + 1), " " if longest else ""
    return f"{marks}{gap}{line.strip()}{gap}{marks}"


def balanced(line: str) -> str:
    """A line of prose in which a cut left no inline code open."""
    return line if line.count("`") % 2 == 0 else line.replace("`", "'")
