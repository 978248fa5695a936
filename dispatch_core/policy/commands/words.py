"""The words of one call in the grammar's tree, as the program would get them."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from dispatch_core.policy.commands.grammar import nodes
from dispatch_core.policy.commands.reading import Word

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_IN_QUOTES = re.compile(r'\\(["\\$`])')


def source(node: Node) -> str:
    """The text of a part as it was written."""
    return (node.text or b"").decode("utf-8", "replace")


def words_of(command: Node) -> tuple[Word, ...]:
    """The name and the arguments of a call; assignments and redirections are not among them."""
    named = [*command.children_by_field_name("name"), *command.children_by_field_name("argument")]
    return tuple(Word(spoken(node)) for node in named)


def calls_in(root: Node) -> Iterator[tuple[Word, ...]]:
    """The words of every call anywhere in a tree, also inside substitutions and loops."""
    for node in nodes(root):
        if node.type == "command" and (words := words_of(node)):
            yield words


def spoken(node: Node) -> str:
    """What a word says once its quotes are gone; its source where only the shell can tell."""
    kind = node.type
    if kind in ("command_name", "concatenation"):
        return "".join(map(spoken, node.children)) or source(node)
    text = source(node)
    if kind == "word":
        return _ESCAPE.sub(r"\1", text)
    if kind == "raw_string":
        return text[1:-1]
    if kind == "ansi_c_string":
        return decoded(text[2:-1])
    if kind == "string" and text.endswith('"'):
        return _IN_QUOTES.sub(r"\1", text[1:-1])
    return text


_ANSI = re.compile(
    r"\\(?:x(?P<hex>[0-9a-fA-F]{1,2})|u(?P<u>[0-9a-fA-F]{1,4})|U(?P<long>[0-9a-fA-F]{1,8})"
    r"|(?P<octal>[0-7]{1,3})|c(?P<control>.)|(?P<letter>.))",
    re.DOTALL,
)
_LETTERS = dict(zip("abeEfnrtv", "\a\b\x1b\x1b\f\n\r\t\v", strict=True))


def decoded(text: str) -> str:
    r"""What stands in $'…' with its codes resolved: \x72m is rm."""
    return _ANSI.sub(_ansi, text)


def _ansi(match: re.Match[str]) -> str:
    code = match["hex"] or match["u"] or match["long"]
    if code:
        number = int(code, 16)
        return chr(number) if number < 0x110000 else "\ufffd"
    if match["octal"]:
        return chr(int(match["octal"], 8) & 0xFF)
    if match["control"]:
        return chr(ord(match["control"]) & 0x1F)
    return _LETTERS.get(match["letter"], match["letter"])
