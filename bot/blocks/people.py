"""How a person or a group is named in a message."""

from collections.abc import Sequence

from bot.keys import mention_of
from dispatch_core.views import DISPATCH, OPERATOR

IN_PLAIN_WORDS = {DISPATCH: "Dispatch", OPERATOR: "the operator"}


def mention(key: str) -> str:
    """A person or a user group as a mrkdwn mention; who is not in Slack, in plain words."""
    return IN_PLAIN_WORDS.get(key) or mention_of(key)


def mentions(keys: Sequence[str], limit: int = 10) -> str:
    """Several people in a row: `A`, `A or B`, `A, B or C`; more than limit are counted."""
    named = [mention(key) for key in keys[:limit]]
    if len(keys) > limit:
        named.append(f"{len(keys) - limit} more")
    return " or ".join([", ".join(named[:-1]), named[-1]] if named[1:] else named)
