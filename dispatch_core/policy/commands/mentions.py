"""Which programs a command may end up starting, wherever in it their names stand.

It looks further than any verdict needs: for what is never done, and for what an owner denies.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from dispatch_core.policy.commands.grammar import Tangled, parse
from dispatch_core.policy.commands.interpreters import look_into
from dispatch_core.policy.commands.reading import Call, base_name, names
from dispatch_core.policy.commands.words import calls_in
from dispatch_core.policy.commands.wrappers import look_through

MOST_DEPTH = 4
MOST_MENTIONED = 500
MOST_WORDS_TRIED = 12
# Of all inline texts together: each repeats a part of the command, and wrappers repeat it again.
MOST_CHARACTERS = 40_000
# They pass words or a text on to another program or shell.
_CARRIERS = names("xargs coproc eval exec trap ssh docker podman kubectl mosh builtin")
_FIND_INNER = frozenset({"-exec", "-execdir", "-ok", "-okdir"})


@dataclass(frozen=True, slots=True)
class Mentions:
    """calls is every argv that may be run, roots the trees of the inline texts among them.

    tangled tells that an inline text was not read, since all of them are too much.
    """

    calls: tuple[tuple[str, ...], ...]
    roots: tuple[Node, ...]
    tangled: bool = False


def mentioned_by(seen: Iterable[tuple[str, ...]]) -> Mentions:
    """What calls may end up running: themselves, those they wrap, those in inline texts."""
    found = dict.fromkeys(seen)
    texts = _Texts()
    waiting = [(argv, 0) for argv in reversed(found)]
    while waiting and len(found) < MOST_MENTIONED:
        argv, depth = waiting.pop()
        if depth == MOST_DEPTH:
            continue
        new = filter(None, map(texts.read, _texts(argv)))
        inline = [Call(words).argv for root in new for words in calls_in(root)]
        for inner in (*_wrapped(argv), *inline):
            if inner not in found:
                found[inner] = None
                waiting.append((inner, depth + 1))
    return Mentions(tuple(found), tuple(texts.roots), texts.tangled)


class _Texts:
    """The inline texts of one command, each read once."""

    def __init__(self) -> None:
        self.roots: list[Node] = []
        self.tangled = False
        self._left = MOST_CHARACTERS
        self._known: set[str] = set()

    def read(self, text: str) -> Node | None:
        """The tree of a text; None where it is known already, or too much to be read."""
        if text in self._known:
            return None
        self._known.add(text)
        self._left -= len(text)
        try:
            root = parse(text) if self._left >= 0 else None
        except Tangled:
            root = None
        self.tangled = self.tangled or root is None
        self.roots += [root] if root else []
        return root


def _passes_on(argv: tuple[str, ...]) -> bool:
    name = base_name(argv[0])
    return name in _CARRIERS or look_through(name, argv) is not None


def _wrapped(argv: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Where a wrapper's own words end may not be known: each later word may be the program."""
    if _passes_on(argv):
        yield from (argv[place:] for place in range(1, min(len(argv), MOST_WORDS_TRIED)))
    for place, word in enumerate(argv[:-1]):
        if base_name(argv[0]) == "find" and word in _FIND_INNER:
            yield argv[place + 1 :]


def _texts(argv: tuple[str, ...]) -> Iterator[str]:
    """The words that a shell may take for a program."""
    if runs := look_into(base_name(argv[0]), argv[1:]):
        yield from runs.programs
    if base_name(argv[0]) == "eval":
        yield " ".join(argv[1:])
    if _passes_on(argv):
        yield from (word for word in argv[1:MOST_WORDS_TRIED] if " " in word)
