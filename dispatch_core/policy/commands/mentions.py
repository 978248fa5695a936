"""Which programs a command may end up starting, wherever in it their names stand.

It looks further than any verdict needs: for what is never done, and for what an owner denies.
"""

from collections.abc import Iterator

from dispatch_core.policy.commands.grammar import parse
from dispatch_core.policy.commands.interpreters import look_into
from dispatch_core.policy.commands.reading import Call, base_name, names
from dispatch_core.policy.commands.words import calls_in
from dispatch_core.policy.commands.wrappers import look_through

MOST_DEPTH = 4
MOST_MENTIONED = 500
MOST_WORDS_TRIED = 12
# They pass words or a text on to another program or shell.
_CARRIERS = names("xargs coproc eval exec trap ssh docker podman kubectl mosh builtin")
_FIND_INNER = frozenset({"-exec", "-execdir", "-ok", "-okdir"})


def mentioned_by(calls: list[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Every argv that may be run: those seen, those they wrap, those in a shell's inline text."""
    found = dict.fromkeys(calls)
    waiting = [(argv, 0) for argv in reversed(found)]
    while waiting and len(found) < MOST_MENTIONED:
        argv, depth = waiting.pop()
        for inner in _inner(argv) if depth < MOST_DEPTH else ():
            if inner not in found:
                found[inner] = None
                waiting.append((inner, depth + 1))
    return tuple(found)


def _inner(argv: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    name = base_name(argv[0])
    texts: list[str] = []
    if name in _CARRIERS or look_through(name, argv):
        # Where a wrapper's own words end may not be known: each later word may be the program.
        for place in range(1, min(len(argv), MOST_WORDS_TRIED)):
            yield argv[place:]
            texts += [argv[place]] if " " in argv[place] else []
    runs = look_into(name, argv[1:])
    texts += [*runs.programs] if runs else []
    texts += [" ".join(argv[1:])] if name == "eval" else []
    for text in texts:
        yield from (Call(words).argv for words in calls_in(parse(text)))
    for place, word in enumerate(argv):
        if name == "find" and word in _FIND_INNER and place + 1 < len(argv):
            yield argv[place + 1 :]
