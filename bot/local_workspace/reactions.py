"""Emoji under messages: put there and taken away, by people and by the bot."""

import re

from bot.local_workspace import happenings
from bot.local_workspace.directory import Channel
from bot.local_workspace.json_text import Json
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.slack import Slack

_NAME = re.compile(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?")
MOST_OF_ONE = 23
"""How many different emoji one person may put under a message."""


def react(slack: Slack, user: str, channel: Channel, ts: str, name: str, *, add: bool) -> None:
    """Add or remove one reaction, and tell pages and app."""
    if not _NAME.fullmatch(name):
        raise Refusal("invalid_name")
    message = slack.messages.get(channel.id, ts)
    before = message.get("reactions", [])
    after = _added(before, name, user) if add else _removed(before, name, user)
    happenings.changed(slack, channel, _with(message, after), told=False)
    _tell(slack, user, channel, message, name, add)


def _added(reactions: list[Json], name: str, user: str) -> list[Json]:
    known = next((one for one in reactions if one["name"] == name), None)
    if known is None:
        if sum(user in one["users"] for one in reactions) >= MOST_OF_ONE:
            raise Refusal("too_many_reactions")
        return [*reactions, _reaction(name, [user])]
    if user in known["users"]:
        raise Refusal("already_reacted")
    more = _reaction(name, [*known["users"], user])
    return [more if one is known else one for one in reactions]


def _removed(reactions: list[Json], name: str, user: str) -> list[Json]:
    known = next((one for one in reactions if one["name"] == name), None)
    if known is None or user not in known["users"]:
        raise Refusal("no_reaction")
    left = [one for one in known["users"] if one != user]
    kept = [_reaction(name, left) if one is known else one for one in reactions]
    return [one for one in kept if one["users"]]


def _reaction(name: str, users: list[str]) -> Json:
    return {"name": name, "users": users, "count": len(users)}


def _with(message: Json, reactions: list[Json]) -> Json:
    rest = {key: value for key, value in message.items() if key != "reactions"}
    return rest | ({"reactions": reactions} if reactions else {})


def _tell(slack: Slack, user: str, channel: Channel, message: Json, name: str, add: bool) -> None:
    kind = "reaction_added" if add else "reaction_removed"
    event = {
        "type": kind,
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": channel.id, "ts": message["ts"]},
        "item_user": message.get("user", ""),
        "event_ts": slack.messages.new_ts(),
    }
    slack.outbound.event(kind, event, channel.id)
