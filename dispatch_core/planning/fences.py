"""Fenced blocks: reading the code of a message, and writing output that no content can break."""

import re
from dataclasses import dataclass

from dispatch_core.redaction import make_visible

LANGUAGES = {
    **dict.fromkeys(("python", "py", "python3", "py3"), "python"),
    **dict.fromkeys(("bash", "sh", "shell"), "bash"),
}
_OPENING = re.compile(r"(?:(?<=\s)|^)(?P<fence>`{3,}|~{3,})")
_INFO = re.compile(r"[ \t]*(?P<word>[A-Za-z0-9_+#.-]*)[ \t]*(?:\n|\Z)")
_INLINE_INFO = re.compile(r"(?P<word>[a-z0-9]+)[ \t]+(?=\S)")
# Control sequences, strings for the terminal itself, and all shorter ones; then the bell.
_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[ -/]*[0-~])|\x07"
)


@dataclass(frozen=True, slots=True)
class Block:
    """The code of one fence; language is the word after it in lower case, "" where none stands."""

    language: str
    code: str


def fenced_blocks(text: str) -> list[Block]:
    """Every fenced block of a message, in order; one that is not closed goes on to the end."""
    text = text.replace("\r\n", "\n")
    blocks: list[Block] = []
    position, never_alone = 0, set[str]()
    while opening := _OPENING.search(text, position):
        end, position = _closing(text, opening, never_alone)
        blocks.append(_block(text[opening.end() : end]))
    return [block for block in blocks if block.code.strip()]


def _closing(text: str, opening: re.Match[str], never_alone: set[str]) -> tuple[int, int]:
    """Where the inside ends and where reading goes on: a fence on its own line comes first.

    never_alone remembers the fences that no later line holds alone, so that reading stays linear.
    """
    start, fence = opening.end(), opening["fence"]
    if fence not in never_alone and _INFO.match(text, start):
        own_line = rf"\n[ \t]*{re.escape(fence)}[`~]*[ \t]*(?=\n|\Z)"
        if match := re.compile(own_line).search(text, start):
            return match.start() + 1, match.end()
        never_alone.add(fence)
    found = text.find(fence, start)
    return (len(text), len(text)) if found < 0 else (found, found + len(fence))


def _block(inside: str) -> Block:
    if match := _INFO.match(inside):
        alone = match.end() == len(inside)
        return Block("", inside) if alone else Block(match["word"].lower(), inside[match.end() :])
    match = _INLINE_INFO.match(inside)
    if match and match["word"] in LANGUAGES:
        return Block(match["word"], inside[match.end() :])
    return Block("", inside)


def runnable(blocks: list[Block]) -> tuple[str, str] | None:
    """The language and the code to run: the blocks of the first language that can run, joined.

    Blocks without a language are Python (or bash, by `#!` or a `$ ` prompt), unless another block
    names one. None where nothing can run.
    """
    named = [(LANGUAGES[b.language], b.code) for b in blocks if b.language in LANGUAGES]
    candidates = named or [_guessed(block.code) for block in blocks if not block.language]
    if not candidates:
        return None
    language = candidates[0][0]
    return language, "\n".join(code.rstrip("\n") for name, code in candidates if name == language)


def _guessed(code: str) -> tuple[str, str]:
    stripped = code.lstrip()
    if stripped.startswith("$ "):
        return "bash", re.sub(r"(?m)^[ \t]*\$ ", "", code)
    shell = re.match(r"#!\S*(?:/|\benv )(?:bash|sh)\b|#!/usr/bin/env (?:bash|sh)\b", stripped)
    return ("bash" if shell else "python"), code


def plain(output: str) -> str:
    """Output as a terminal would leave it: no colour codes, and overwritten lines gone."""
    output = _ESCAPES.sub("", output.replace("\r\n", "\n"))
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in output.split("\n"))
    return "\n".join(_stepped_back(line) if "\b" in line else line for line in lines)


def _stepped_back(line: str) -> str:
    """A line in which each backspace took the character before it."""
    left: list[str] = []
    for char in line:
        if char != "\b":
            left.append(char)
        elif left:
            left.pop()
    return "".join(left)


def fence(text: str, language: str = "") -> str:
    """The text in a fence longer than any inside it."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    marks = "`" * (longest + 1)
    return f"{marks}{language}\n{text.rstrip(chr(10))}\n{marks}"


def quoted(name: str) -> str:
    """A foreign name as inline code on one line: nothing in it can be a link or a heading."""
    return f"`{make_visible(' '.join(name.replace('`', chr(39)).split()))}`"


def unlinked(sentence: str) -> str:
    """A sentence with foreign words in it, where an address can't hide behind other words."""
    return sentence.replace("](", "] (")
