"""What becomes of the text that a person types: Slack escapes, links and resolves mentions."""

import re
from collections.abc import Callable

from bot.local_workspace.directory import Directory

LONGEST = 40_000
"""Longer texts are cut, not refused."""

_TOKEN = re.compile(
    r"<(?:[@#][A-Z0-9]+(?:\|[^<>]*)?|!(?:here|channel|everyone)(?:\|[^<>]*)?"
    r"|!subteam\^[A-Z0-9]+(?:\|[^<>]*)?|!date\^[^<>]*|(?:https?://|mailto:)[^<>]*)>"
)
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
_LINK = re.compile(r"https?://[^\s<>|`\"]+[^\s<>|`\".,;:!?)\]'}]")
_NAME = re.compile(r"(?<![\w@<])@([A-Za-z](?:[\w.-]*\w)?)")


def escaped(text: str) -> str:
    """`&`, `<` and `>` made harmless, except in Slack's own tokens."""
    return _outside_tokens(text, _escape)[:LONGEST]


def typed(text: str, directory: Directory) -> str:
    """A person's text as Slack stores it: escaped, links and @names as tokens."""

    def turned(part: str) -> str:
        return _NAME.sub(lambda name: _mention(name, directory), _linked(part))

    return _outside_tokens(text, turned)[:LONGEST]


def mentions(text: str, user: str) -> bool:
    """Whether a text mentions somebody."""
    return re.search(rf"<@{user}(\|[^>]*)?>", text) is not None


def _outside_tokens(text: str, turn: Callable[[str], str]) -> str:
    parts, end = [], 0
    for token in _TOKEN.finditer(text):
        parts += [turn(text[end : token.start()]), token.group()]
        end = token.end()
    return "".join([*parts, turn(text[end:])])


def _escape(part: str) -> str:
    return _ENTITY.sub("&amp;", part).replace("<", "&lt;").replace(">", "&gt;")


def _linked(part: str) -> str:
    return _LINK.sub(lambda link: f"<{link.group()}>", _escape(part))


def _mention(name: re.Match[str], directory: Directory) -> str:
    person = directory.named(name.group(1))
    return f"<@{person.id}>" if person else name.group()
