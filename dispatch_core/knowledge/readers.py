"""Readers: a file's bytes become sections, by format."""

import io
import re
from collections.abc import Callable, Iterator

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pypdf import PdfReader
from pypdf.generic import Destination

from dispatch_core.knowledge.passages import Section, SectionMaker

MOST_PAGES = 1_000


class NotText(ValueError):
    """The file holds bytes that are no text."""


Reader = Callable[[bytes], list[Section]]


def read_markdown(content: bytes) -> list[Section]:
    """Markdown (CommonMark with tables); front matter is left out."""
    text = re.sub(r"\A---\n.*?\n---\n", "", decode(content), count=1, flags=re.DOTALL)
    maker = SectionMaker()
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    for index, token in enumerate(tokens):
        _take_markdown(maker, token, tokens[index - 1] if index else None, tokens[index:])
    return maker.sections()


def _take_markdown(
    maker: SectionMaker, token: Token, before: Token | None, rest: list[Token]
) -> None:
    if token.type in {"fence", "code_block"}:
        for line in token.content.splitlines():
            maker.block(_code(line))
    elif token.type == "html_block":
        for section in read_html(token.content.encode()):
            for block in section.blocks:
                maker.block(block)
    elif token.type == "tr_open":
        maker.block(" | ".join(_cells(rest)))
    elif token.type == "inline" and before is not None:
        if before.type == "heading_open":
            maker.heading(int(before.tag[1]), _words(token).replace("`", ""))
        elif before.type == "paragraph_open":
            maker.block(("- " if before.hidden else "") + _words(token))


def _cells(rest: list[Token]) -> Iterator[str]:
    for token in rest:
        if token.type == "tr_close":
            return
        if token.type == "inline":
            yield _words(token)


def _words(inline: Token) -> str:
    """The words of a run of inline tokens: links lose their target, images go."""
    said = []
    for child in inline.children or []:
        if child.type == "code_inline":
            said.append(_code(child.content))
        elif child.type in {"softbreak", "hardbreak"}:
            said.append(" ")
        elif child.type == "text":
            said.append(child.content)
    return "".join(said)


def _code(line: str) -> str:
    """A line of code as inline code, so that a quote can't be taken for Markdown."""
    if not line.strip():
        return ""
    return f"`` {line.strip()} ``" if "`" in line else f"`{line.strip()}`"


_DROPPED = {"script", "style", "nav", "header", "footer", "aside", "noscript", "template", "form"}
_DROPPED |= {"head", "svg", "button", "select", "iframe"}
_INLINE = {"a", "abbr", "b", "cite", "code", "em", "i", "kbd", "mark", "q", "s", "samp", "small"}
_INLINE |= {"span", "strong", "sub", "sup", "time", "u", "var", "wbr", "font", "label", "img", "td"}
_INLINE |= {"th"}


def read_html(content: bytes) -> list[Section]:
    """HTML without scripts, navigation and page furniture; text goes by block elements."""
    soup = BeautifulSoup(decode(content), "html.parser")
    maker = SectionMaker()
    said: list[str] = []
    _walk(soup.body or soup, maker, said)
    _flush(maker, said, soup)
    return maker.sections()


def _walk(node: Tag, maker: SectionMaker, said: list[str]) -> None:
    for child in node.children:
        if isinstance(child, NavigableString):
            if not isinstance(child, PreformattedString):  # comments, doctypes, CDATA
                said.append(str(child))
        elif isinstance(child, Tag) and child.name not in _DROPPED:
            inline = child.name in _INLINE
            if not inline:
                _flush(maker, said, node)
            _walk(child, maker, said)
            if not inline:
                _flush(maker, said, child)
            elif child.name in {"td", "th"}:
                said.append(" | ")


def _flush(maker: SectionMaker, said: list[str], owner: Tag) -> None:
    words = " ".join("".join(said).split()).removesuffix(" |")
    if owner.name == "pre":
        for line in "".join(said).splitlines():
            maker.block(_code(line))
    elif re.fullmatch(r"h[1-6]", owner.name):
        maker.heading(int(owner.name[1]), words.rstrip("¶# "))
    elif words:
        maker.block(f"- {words}" if owner.name == "li" else words)
    said.clear()


def read_pdf(content: bytes) -> list[Section]:
    """PDF, page by page; headings are those of its outline, where it has one."""
    reader = PdfReader(io.BytesIO(content))
    outline = _outline(reader)
    sections: list[Section] = []
    headings: tuple[str, ...] = ()
    for number, page in enumerate(reader.pages[:MOST_PAGES]):
        headings = outline.get(number, headings)
        blocks = _paragraphs(page.extract_text())
        if blocks:
            sections.append(Section(headings, blocks, number + 1))
    return sections


def _outline(reader: PdfReader) -> dict[int, tuple[str, ...]]:
    """The outline's first entry of each page (from 0)."""
    found: dict[int, tuple[str, ...]] = {}
    for entry in reader.outline:
        if isinstance(entry, Destination) and entry.title:
            page = reader.get_destination_page_number(entry)
            if page is not None:
                found.setdefault(page, (" ".join(str(entry.title).split()),))
    return found


_UNDERLINE = re.compile(r"([=\-~^\"'*+#`:.])\1{2,}\s*")


def read_text(content: bytes) -> list[Section]:
    """Plain text and reStructuredText: a line with a line of marks under it is a heading."""
    maker, levels = SectionMaker(), dict[str, int]()
    lines = decode(content).splitlines()
    kept: list[str] = []
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if _UNDERLINE.fullmatch(line):
            continue
        if line.strip() and _UNDERLINE.fullmatch(below) and len(below.strip()) >= len(line.strip()):
            _take_paragraphs(maker, kept)
            maker.heading(levels.setdefault(below[0], len(levels) + 1), line)
            continue
        kept.append(line)
    _take_paragraphs(maker, kept)
    return maker.sections()


def _take_paragraphs(maker: SectionMaker, lines: list[str]) -> None:
    for paragraph in _paragraphs("\n".join(lines)):
        maker.block(paragraph)
    lines.clear()


def _paragraphs(text: str) -> tuple[str, ...]:
    """Paragraphs, their lines joined."""
    parts = re.split(r"\n[ \t]*\n", text)
    return tuple(" ".join(part.split()) for part in parts if part.strip())


def decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content[:8_192]:
        raise NotText
    return content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")


READERS: dict[str, Reader] = {
    **dict.fromkeys((".md", ".markdown", ".mdx"), read_markdown),
    **dict.fromkeys((".html", ".htm", ".xhtml"), read_html),
    **dict.fromkeys((".txt", ".text", ".rst", ".adoc", ".org"), read_text),
    ".pdf": read_pdf,
}
