"""What happens in the workspace, told to the pages and to the app."""

from bot.local_workspace.directory import BOT_USER, Channel
from bot.local_workspace.json_text import Json
from bot.local_workspace.slack import Slack
from bot.local_workspace.texts import mentions

NOT_IN_EVENTS = ("metadata",)


def posted(slack: Slack, channel: Channel, message: Json) -> None:
    """A message was posted: store it, show it, tell the app (twice, if the app is mentioned)."""
    slack.messages.put(channel.id, message)
    show(slack, channel, message)
    event = _event(channel, message, message["ts"])
    slack.outbound.event(_subscription(channel), event, channel.id)
    if _mentions_app(channel, message):
        slack.outbound.event("app_mention", _app_mention(event), channel.id)


def changed(slack: Slack, channel: Channel, message: Json, *, told: bool = True) -> None:
    """A message was changed. A change that Slack makes by itself (a reaction) is not told."""
    before = slack.messages.get(channel.id, message["ts"])
    slack.messages.put(channel.id, message)
    show(slack, channel, message)
    if told:
        _tell_hidden(slack, channel, "message_changed", message=message, previous_message=before)


def deleted(slack: Slack, channel: Channel, ts: str) -> None:
    """A message was deleted; a parent of replies leaves a tombstone behind."""
    before = slack.messages.get(channel.id, ts)
    tombstone = slack.messages.remove(channel.id, ts)
    if tombstone:
        show(slack, channel, tombstone)
    else:
        slack.page.publish(
            "message_deleted", {"channel": channel.id, "ts": ts}, slack.viewers(channel.id)
        )
        _show_parent(slack, channel, before)
    _tell_hidden(slack, channel, "message_deleted", deleted_ts=ts, previous_message=before)


def show(slack: Slack, channel: Channel, message: Json) -> None:
    """Show a message on the pages, and its parent, which counts it."""
    shown = slack.messages.shown(channel.id, message)
    viewers = slack.viewers(channel.id)
    slack.page.publish("message", {"channel": channel.id, "message": shown}, viewers)
    _show_parent(slack, channel, message)


def show_to(slack: Slack, channel: str, user: str, message: Json) -> None:
    """Show an ephemeral message to its one reader."""
    slack.messages.put_ephemeral(channel, user, message)
    shown = message | {"is_ephemeral": True}
    slack.page.publish("message", {"channel": channel, "message": shown}, frozenset({user}))


def hide_from(slack: Slack, channel: str, user: str, ts: str) -> None:
    """Take an ephemeral message away from its one reader."""
    slack.messages.drop_ephemeral(channel, user, ts)
    slack.page.publish("message_deleted", {"channel": channel, "ts": ts}, frozenset({user}))


def _show_parent(slack: Slack, channel: Channel, message: Json) -> None:
    parent_ts = message.get("thread_ts")
    parent = slack.messages.find(channel.id, parent_ts) if parent_ts else None
    if parent and parent["ts"] != message["ts"]:
        shown = slack.messages.shown(channel.id, parent)
        data = {"channel": channel.id, "message": shown}
        slack.page.publish("message", data, slack.viewers(channel.id))


def _subscription(channel: Channel) -> str:
    return "message.im" if channel.is_im else "message.channels"


def _event(channel: Channel, message: Json, event_ts: str) -> Json:
    told = {key: value for key, value in message.items() if key not in NOT_IN_EVENTS}
    return told | {
        "channel": channel.id,
        "event_ts": event_ts,
        "channel_type": channel.kind,
    }


def _mentions_app(channel: Channel, message: Json) -> bool:
    own = message.get("user") == BOT_USER
    return not channel.is_im and not own and mentions(message.get("text", ""), BOT_USER)


def _app_mention(event: Json) -> Json:
    """The same message as app_mention carries it: without files, subtype and channel type."""
    left_out = {"files", "upload", "display_as_bot", "subtype", "channel_type"}
    return {key: value for key, value in event.items() if key not in left_out} | {
        "type": "app_mention"
    }


def _tell_hidden(slack: Slack, channel: Channel, subtype: str, **parts: object) -> None:
    ts = slack.messages.new_ts()
    event = {"type": "message", "subtype": subtype, "hidden": True, "ts": ts, **parts}
    slack.outbound.event(_subscription(channel), _event(channel, event, ts), channel.id)
