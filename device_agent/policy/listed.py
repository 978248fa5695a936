"""Whether a call is among the commands that only read, and which of its words are paths."""

import re
from collections.abc import Iterator
from dataclasses import replace

from device_agent.policy.readonly import FIND_TESTS, RULES, Operands, Rule
from dispatch_core.policy.commands.reading import Call, Expands, Word

_CONVERSION = re.compile(r"%(?:%|[-\d.]*[sbdx])")


def rule_name(call: Call) -> str:
    """What a call is called in the list: git's by their second word, too."""
    if call.name != "git":
        return call.name
    return " ".join(["git", *[word for word in call.args if word != "--no-pager"][:1]])


class NotListed(Exception):
    """Why a call is not among those that are known only to read."""


def paths_of(call: Call) -> Iterator[Word]:
    """The words of a listed call that are or may be paths; raises NotListed."""
    name = rule_name(call)
    if name == "find":
        return _paths_of_find(call)
    if name not in RULES:
        raise NotListed(f"{name} is not on the list of commands that only read.")
    words = list(call.words[1:])
    if name.startswith("git "):
        words = [word for word in words if word.text != "--no-pager"][1:]
    return _paths_by_rule(name, RULES[name], words)


def _paths_by_rule(name: str, rule: Rule, words: list[Word]) -> Iterator[Word]:
    operands = _operands(name, rule, words)
    if name == "date":
        operands = [word for word in operands if not word.text.startswith("+")]
    # %n sets a variable, %(…)T is not in every shell.
    if name == "printf" and any("%" in _CONVERSION.sub("", w.text) for w in operands[:1]):
        raise NotListed("printf does more than print with this format.")
    if name in ("git branch", "git tag") and "--list" in [word.text for word in words]:
        rule = replace(rule, operands=Operands.TEXT)
    if rule.operands is Operands.NONE and operands:
        raise NotListed(f"{name} {operands[0].text} may do more than read.")
    if name == "cd" and not operands:
        raise NotListed("cd without a folder leaves the shared ones.")
    if rule.operands is Operands.ONE_PATH and len(operands) > 1:
        raise NotListed(f"{name} with several paths may do more than read.")
    if rule.operands is Operands.PATTERN_AND_PATHS:
        _must_be_literal(name, operands[:1])
        operands = operands[1:] or [Word(".")] * ("r" in _letters(words))
    if name in ("which", "type", "command") and any("/" in w.text for w in operands):
        raise NotListed(f"{name} with a path tells what lies there.")
    if rule.operands is Operands.TEXT:
        _must_be_literal(name, operands)
        operands = []
    yield from operands or [Word(".")] * rule.here


def _letters(words: list[Word]) -> str:
    short = [w.text for w in words if w.text.startswith("-") and not w.text.startswith("--")]
    return "".join(short) + "r" * any(word.text == "--recursive" for word in words)


def _must_be_literal(name: str, words: list[Word]) -> None:
    for word in words:
        if word.expands is not Expands.NOTHING:
            raise NotListed(f"{name} gets what {word.text} stands for, which is not known here.")


def _operands(name: str, rule: Rule, words: list[Word]) -> list[Word]:
    """The words that are no options; every option must be of the rule."""
    operands: list[Word] = []
    left = iter(words)
    for word in left:
        if word.text == "--":
            return operands + list(left)
        if not word.text.startswith("-") or word.text == "-":
            operands.append(word)
            continue
        _must_be_literal(name, [word])
        if _takes_next(name, rule, word.text):
            _must_be_literal(name, [value] if (value := next(left, None)) else [])
    return operands


def _takes_next(name: str, rule: Rule, word: str) -> bool:
    """Whether an option takes the next word, too; raises NotListed where it is not of the rule."""
    head, equals, value = word.partition("=")
    if word.startswith("--"):
        known = head in (rule.long_values if equals else rule.long)
        # %G makes git check signatures by a program.
        if not known or "%G" in value:
            raise NotListed(f"{name} {head} is not known here only to read.")
        return False
    if rule.number and word[1:].isdigit():
        return False
    for place, letter in enumerate(word[1:], 2):
        if letter in rule.values:
            return place == len(word)
        if letter not in rule.letters:
            raise NotListed(f"{name} -{letter} is not known here only to read.")
    return False


def _paths_of_find(call: Call) -> Iterator[Word]:
    words = list(call.words[1:])
    starts = 0
    while starts < len(words) and not words[starts].text.startswith(("-", "(")):
        starts += 1
    left = iter(words[starts:])
    for word in left:
        count = FIND_TESTS.get(word.text)
        if count is None:
            raise NotListed(f"find {word.text} is not known here only to read.")
        _must_be_literal("find", [value for _ in range(count) if (value := next(left, None))])
    return iter(words[:starts] or [Word(".")])
