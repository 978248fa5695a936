"""Slack's message text as the person typed it: no mention of the bot, no escapes, no link marks.

Slack's rules: https://docs.slack.dev/messaging/formatting-message-text#escaping
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

_MARK = re.compile(r"<([^<>\s][^<>]*)>")
_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")


def mentions_in(text: str) -> tuple[str, ...]:
    """The user ids that a message mentions, in their order, each once."""
    return tuple(dict.fromkeys(_USER.findall(text)))


def starts_with_another(text: str, bot: str) -> bool:
    """Whether a message begins by addressing somebody else than the bot."""
    match = _USER.match(text.lstrip())
    return match is not None and match[1] != bot


def plain_text(text: str, bot: str, names: Mapping[str, str] | None = None) -> str:
    """What a person typed, ready for the core.

    text: Slack's mrkdwn from an event or a command. bot: the user id whose mentions are left out.
    names: what to call other people, by user id.
    """
    without_bot = re.sub(rf"<@{re.escape(bot)}(?:\|[^<>]*)?>[:,]?[ \t]*", "", text)
    known = names or {}
    plain = _MARK.sub(lambda mark: _words_of(mark[1], known), without_bot)
    return _unescaped(plain).strip()


def sent_at(ts: str) -> datetime:
    """The moment in a message's ts (seconds.microseconds since 1970), in UTC and exact."""
    seconds, _, fraction = ts.partition(".")
    moment = datetime.fromtimestamp(int(seconds), UTC)
    return moment.replace(microsecond=int(fraction.ljust(6, "0")[:6] or 0))


def _words_of(mark: str, names: Mapping[str, str]) -> str:
    target, _, label = mark.partition("|")
    if target.startswith("@"):
        return "@" + (_harmless(names.get(target[1:], "")) or label or target[1:])
    if target.startswith("#"):
        return "#" + (label or target[1:])
    if target.startswith("!"):
        return _special(target[1:], label)
    return _link(target, label)


def _harmless(name: str) -> str:
    """A name that its bearer chose, without what would act in a command that mentions them."""
    return " ".join(re.sub(r"[^\w\s.-]", "", name).split())


def _special(command: str, label: str) -> str:
    if command in {"here", "channel", "everyone"}:
        return "@" + command
    return label or "@" + command.replace("^", " ")


def _link(url: str, label: str) -> str:
    # Slack turns example.com into <http://example.com|example.com>: then the label was typed.
    address = url.removeprefix("mailto:").removeprefix("tel:")
    if not label:
        return address
    return label if label in address else f"{label} ({url})"


def _unescaped(text: str) -> str:
    # &amp; comes last, so that &amp;lt; stays the &lt; that was typed.
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
