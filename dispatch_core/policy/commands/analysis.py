"""Reads a command whole: its calls, what they wrap and run, and every cause for concern."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from tree_sitter import Node

from dispatch_core.policy.commands import grammar, second_reader
from dispatch_core.policy.commands.forbidden import forbidden_call, forbidden_in
from dispatch_core.policy.commands.git import look_at_git
from dispatch_core.policy.commands.interpreters import look_into
from dispatch_core.policy.commands.mentions import Mentions, mentioned_by
from dispatch_core.policy.commands.programs import look_at
from dispatch_core.policy.commands.reading import (
    Call,
    Concern,
    Reading,
    once,
)
from dispatch_core.policy.commands.second_reader import Plain
from dispatch_core.policy.commands.words import calls_in
from dispatch_core.policy.commands.wrappers import MOST_WRAPPERS, look_through
from dispatch_core.redaction import make_visible

# A longer command is none that a person reads before approving it.
MOST_CHARACTERS = 10_000
TOO_LONG = Concern(f"It is longer than {MOST_CHARACTERS:,} characters, so it was not read.")
TANGLED = Concern("It is so tangled that the shell's grammar gives it up, so it was not read.")
EMPTY = Concern("It has no command.")
LINES = Concern("It has several lines.")
HIDDEN = Concern("It has characters that can't be seen (they are shown as \\u{…}).")
STRANGE = Concern("It is spelled in a way that a shell could read differently.")
DISGUISED = Concern("It spells a program's name with quotes, escapes or patterns.")
TOO_DEEP = Concern(f"It wraps a program in more than {MOST_WRAPPERS} others.")
_NAME = re.compile(r"[A-Za-z0-9_.:/@+-]*[A-Za-z0-9_./:@+-]|\[")


def analyse(command: str) -> Reading:
    """Read a command; it never raises, and what it does not understand is a concern."""
    if len(command) > MOST_CHARACTERS:
        return Reading((), (), (TOO_LONG,), ())
    try:
        return _read(command.strip(" \t\n"))
    except grammar.Tangled:
        return Reading((), (), (TANGLED,), ())


def _read(text: str) -> Reading:
    root = grammar.parse(text)
    concerns = [*_concerns_in(text, root)]
    seen = [Call(words) for words in calls_in(root)]
    plain = None if concerns else second_reader.read(text)
    if plain is None or not _agree(plain, seen):
        concerns += [] if concerns else [STRANGE]
        stages, operators = _all_stages(seen), _operators_in(root)
    else:
        stages, operators = _all_stages([Call(words) for words in plain.calls]), plain.operators
    found = [concern for _, more in stages for concern in more]
    mentioned = mentioned_by(call.argv for call in seen)
    concerns += [TANGLED] if mentioned.tangled else []
    return Reading(
        stages=tuple(calls for calls, _ in stages),
        operators=operators,
        concerns=once([*concerns, *found]),
        mentioned=mentioned.calls,
        denial=_denial(mentioned, root),
    )


def _denial(mentioned: Mentions, root: Node) -> str | None:
    """Why none of it is ever done; None where it may be asked for."""
    calls = filter(None, map(forbidden_call, mentioned.calls))
    trees = filter(None, map(forbidden_in, (root, *mentioned.roots)))
    return next(chain(calls, trees), None)


def _concerns_in(text: str, root: Node) -> Iterator[Concern]:
    if make_visible(text) != text:
        yield HIDDEN
    if "\n" in text:
        yield LINES
    if root.has_error:
        yield Concern(grammar.BROKEN)
    if not root.named_children:
        yield EMPTY
    for node in grammar.nodes(root):
        sentence = grammar.concern_about(node)
        if sentence:
            yield Concern(sentence)
        elif node.type == "command_name" and not _is_plain_name(node):
            yield DISGUISED


def _is_plain_name(node: Node) -> bool:
    plain = [child.type for child in node.children] == ["word"]
    return plain and bool(_NAME.fullmatch((node.text or b"").decode("utf-8", "replace")))


def _operators_in(root: Node) -> tuple[str, ...]:
    return tuple(n.type for n in grammar.nodes(root) if n.type in ("|", "||", "&&", ";"))


def _agree(plain: Plain, seen: list[Call]) -> bool:
    """Whether both readers found the same words in the same calls."""
    first = [tuple(word.text for word in words) for words in plain.calls]
    return first == [call.argv for call in seen]


Stage = tuple[tuple[Call, ...], tuple[Concern, ...]]


def _all_stages(calls: list[Call]) -> list[Stage]:
    return [_stage(call) for call in calls]


def _stage(call: Call) -> Stage:
    """A call with those that it wraps, and what is of concern about each."""
    calls: list[Call] = []
    concerns: list[Concern] = []
    for _ in range(MOST_WRAPPERS + 1):
        through = look_through(call.name, call.argv)
        if through is None:
            runs, more = _look(call)
            calls.append(replace(call, scripts=runs))
            return tuple(calls), tuple(concerns + more)
        calls.append(call)
        concerns += [through.concern] if through.concern else []
        if through.start is None:
            return tuple(calls), tuple(concerns)
        call = call.inner(through.start, by_shell=call.by_shell and through.keeps_shell)
        if not _NAME.fullmatch(call.words[0].text):
            return tuple(calls), (*concerns, DISGUISED)
    return tuple(calls), (*concerns, TOO_DEEP)


def _look(call: Call) -> tuple[tuple[str, ...], list[Concern]]:
    """The scripts that a call names, and what is of concern about it."""
    if runs := look_into(call.name, call.args):
        return (runs.script,) if runs.script else (), [runs.concern]
    look = look_at_git if call.name == "git" else look_at
    concern = look(call.name, call.args)
    return (), [concern] if concern else []
