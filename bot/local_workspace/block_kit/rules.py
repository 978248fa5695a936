"""The grammar that Block Kit's rules are written in: each rule notes what breaks it, and where."""

from collections.abc import Callable, Collection
from typing import Any

from bot.local_workspace.json_text import Json


class Problems:
    """What is wrong, in Slack's words, with a JSON pointer to the place."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def note(self, what: str, where: str) -> None:
        self.found.append(f"{what} [json-pointer:{where}]")


Rule = Callable[[Any, str, Problems], None]


def string(most: int, least: int = 1) -> Rule:
    """A string of so many characters."""

    def rule(value: Any, where: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.note("must be a string", where)
        elif len(value) > most:
            problems.note(f"must be less than {most + 1} characters", where)
        elif len(value) < least:
            problems.note(f"must be more than {least - 1} characters", where)

    return rule


def flag(value: Any, where: str, problems: Problems) -> None:
    """True or false."""
    if not isinstance(value, bool):
        problems.note("must be a boolean", where)


def number(least: int, most: int) -> Rule:
    """A whole number within bounds."""

    def rule(value: Any, where: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            problems.note(f"must be an integer from {least} to {most}", where)

    return rule


def one_of(*allowed: str) -> Rule:
    """One of these words."""

    def rule(value: Any, where: str, problems: Problems) -> None:
        if value not in allowed:
            problems.note(f"must be one of: {', '.join(allowed)}", where)

    return rule


def url(value: Any, where: str, problems: Problems) -> None:
    """A web address of at most 3,000 characters."""
    string(3000)(value, where, problems)
    if isinstance(value, str) and not value.startswith(("http://", "https://", "mailto:")):
        problems.note("invalid url", where)


def items(each: Rule, most: int, least: int = 1) -> Rule:
    """A list of so many things."""

    def rule(value: Any, where: str, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.note("must be an array", where)
            return
        if len(value) > most:
            problems.note(f"no more than {most} items allowed", where)
        if len(value) < least:
            problems.note(f"must provide at least {least} items", where)
        for index, item in enumerate(value):
            each(item, f"{where}/{index}", problems)

    return rule


def shape(keys: dict[str, Rule], required: Collection[str] = ()) -> Rule:
    """An object with these keys and no others. `type` is checked by whoever chose the shape."""

    def rule(value: Any, where: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.note("must be an object", where)
            return
        for name in sorted(set(required) - value.keys()):
            problems.note(f"missing required field: {name}", where)
        for name, inner in value.items():
            if name in keys:
                keys[name](inner, f"{where}/{name}", problems)
            elif name != "type":
                problems.note(f"invalid additional property: {name}", where)

    return rule


def by_type(rules: dict[str, Rule], what: str = "type") -> Rule:
    """An object whose `type` chooses its rule."""

    def rule(value: Any, where: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.note("must be an object", where)
            return
        chosen = rules.get(str(value.get("type")))
        if chosen is None:
            problems.note(f"unsupported {what}: {value.get('type')}", f"{where}/type")
        else:
            chosen(value, where, problems)

    return rule


def text(most: int, kinds: tuple[str, ...] = ("plain_text", "mrkdwn"), least: int = 1) -> Rule:
    """A text object: plain_text may have `emoji`, mrkdwn may have `verbatim`."""
    content = string(most, least)
    shapes: dict[str, Rule] = {
        "plain_text": shape({"text": content, "emoji": flag}, ["text"]),
        "mrkdwn": shape({"text": content, "verbatim": flag}, ["text"]),
    }
    return by_type({kind: shapes[kind] for kind in kinds}, "text type")


def plain(most: int) -> Rule:
    """A plain_text object."""
    return text(most, ("plain_text",))


def anything(_value: Any, _where: str, _problems: Problems) -> None:
    """Not checked."""


def exactly_one(rule: Rule, *names: str) -> Rule:
    """Of these keys exactly one must be there."""

    def checked(value: Any, where: str, problems: Problems) -> None:
        rule(value, where, problems)
        if isinstance(value, dict) and sum(name in value for name in names) != 1:
            problems.note(f"must have exactly one of: {', '.join(names)}", where)

    return checked


def at_least_one(rule: Rule, *names: str) -> Rule:
    """Of these keys one must be there."""

    def checked(value: Any, where: str, problems: Problems) -> None:
        rule(value, where, problems)
        if isinstance(value, dict) and not any(name in value for name in names):
            problems.note(f"must have at least one of: {', '.join(names)}", where)

    return checked


def also(rule: Rule, check: Callable[[Json], tuple[str, str] | None]) -> Rule:
    """A rule and one more: `check` returns what is wrong and the key where it is."""

    def checked(value: Any, where: str, problems: Problems) -> None:
        rule(value, where, problems)
        wrong = check(value) if isinstance(value, dict) else None
        if wrong:
            problems.note(wrong[0], f"{where}/{wrong[1]}")

    return checked
