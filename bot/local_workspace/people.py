"""What people do: write, edit, delete, react."""

import uuid
from collections.abc import Sequence

from bot.local_workspace import happenings
from bot.local_workspace.directory import TEAM, Channel
from bot.local_workspace.json_text import Json
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.slack import Slack
from bot.local_workspace.texts import typed


def say(
    slack: Slack,
    user: str,
    channel_id: str,
    text: str,
    thread_ts: str | None = None,
    files: Sequence[str] = (),
) -> str:
    """A person posts a message, perhaps with files uploaded before; returns its ts."""
    channel = seen_channel(slack, user, channel_id)
    if not text.strip() and not files:
        raise Refusal("no_text")
    ts = slack.messages.new_ts()
    message: Json = {
        "type": "message",
        "user": user,
        "text": typed(text, slack.directory),
        "ts": ts,
        "team": TEAM,
        "client_msg_id": str(uuid.uuid4()),
    }
    message |= thread_facts(slack, channel, thread_ts)
    if files:
        message |= _with_files(slack, channel, files, message)
    happenings.posted(slack, channel, message)
    return ts


def edit(slack: Slack, user: str, channel_id: str, ts: str, text: str) -> None:
    """A person changes an own message."""
    channel = seen_channel(slack, user, channel_id)
    message = _own(slack, user, channel, ts, "cant_update_message")
    edited = {"user": user, "ts": slack.messages.new_ts()}
    happenings.changed(
        slack, channel, message | {"text": typed(text, slack.directory), "edited": edited}
    )


def remove(slack: Slack, user: str, channel_id: str, ts: str) -> None:
    """A person deletes an own message."""
    channel = seen_channel(slack, user, channel_id)
    _own(slack, user, channel, ts, "cant_delete_message")
    happenings.deleted(slack, channel, ts)


def seen_channel(slack: Slack, user: str, channel_id: str) -> Channel:
    """The channel, if this person is in it."""
    slack.directory.person(user)
    channel = slack.directory.channel(channel_id)
    if user not in slack.directory.members(channel):
        raise Refusal("channel_not_found")
    return channel


def thread_facts(slack: Slack, channel: Channel, thread_ts: str | None) -> Json:
    """What a reply says about its thread; nothing for a message of its own."""
    if not thread_ts:
        return {}
    root = slack.messages.thread_of(channel.id, thread_ts)
    parent = slack.messages.find(channel.id, root) or {}
    return {"thread_ts": root, "parent_user_id": parent.get("user", "")}


def _own(slack: Slack, user: str, channel: Channel, ts: str, refusal: str) -> Json:
    message = slack.messages.get(channel.id, ts)
    if message.get("user") != user:
        raise Refusal(refusal)
    return message


def _with_files(slack: Slack, channel: Channel, files: Sequence[str], message: Json) -> Json:
    shared = [slack.files.share(file_id, channel, message) for file_id in files]
    return {
        "subtype": "file_share",
        "files": shared,
        "upload": False,
        "display_as_bot": False,
    }
