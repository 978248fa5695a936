"""conversations.*: channels, direct messages and what was said in them."""

from bot.local_workspace.directory import Channel, channel_json
from bot.local_workspace.json_text import Json
from bot.local_workspace.messages import is_reply_to
from bot.local_workspace.rate_limits import Tier
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.web_api.method import Call, Method

PAGE = 100
LONGEST_PAGE = 999


def member_channel(call: Call, *, reading: str = "") -> Channel:
    """The channel named in the call. `reading` (history, read) is the scope's second half."""
    channel = call.slack.directory.channel(call.text("channel"))
    if reading:
        call.needs(f"{'im' if channel.is_im else 'channels'}:{reading}")
    if not channel.bot_is_member:
        raise Refusal("not_in_channel")
    return channel


async def replies(call: Call) -> Json:
    """A thread: its parent first, then the replies; any message's ts in it will do."""
    channel = member_channel(call, reading="history")
    ts = call.text("ts")
    messages = call.slack.messages
    thread_ts = messages.thread_of(channel.id, ts)
    parent = messages.find(channel.id, thread_ts)
    thread = [parent] if parent else []
    thread += messages.replies(channel.id, thread_ts)
    return _page(call, channel, [one for one in thread if _within(call, one)])


async def history(call: Call) -> Json:
    """What a channel shows, newest first; replies are in their threads."""
    channel = member_channel(call, reading="history")
    messages = call.slack.messages.in_channel(channel.id)
    roots = [one for one in messages if not _only_in_thread(one) and _within(call, one)]
    return _page(call, channel, roots[::-1])


def _only_in_thread(message: Json) -> bool:
    thread_ts = message.get("thread_ts")
    in_thread = bool(thread_ts) and is_reply_to(message, str(thread_ts))
    return in_thread and message.get("subtype") != "thread_broadcast"


def _within(call: Call, message: Json) -> bool:
    oldest, latest = call.optional("oldest"), call.optional("latest")
    ts = float(message["ts"])
    if call.flag("inclusive"):
        return (not oldest or ts >= float(oldest)) and (not latest or ts <= float(latest))
    return (not oldest or ts > float(oldest)) and (not latest or ts < float(latest))


def _page(call: Call, channel: Channel, messages: list[Json]) -> Json:
    """One page of messages. The cursor is where the next one starts."""
    start = _start(call.optional("cursor"))
    limit = min(max(call.number("limit", PAGE), 1), LONGEST_PAGE)
    shown = [_read(call, channel, one) for one in messages[start : start + limit]]
    more = start + limit < len(messages)
    cursor = f"next:{start + limit}" if more else ""
    return {"messages": shown, "has_more": more, "response_metadata": {"next_cursor": cursor}}


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    name, _, number = cursor.partition(":")
    if name != "next" or not number.isdecimal():
        raise Refusal("invalid_cursor")
    return int(number)


def _read(call: Call, channel: Channel, message: Json) -> Json:
    shown = call.slack.messages.shown(channel.id, message)
    if call.flag("include_all_metadata"):
        return shown
    return {key: value for key, value in shown.items() if key != "metadata"}


async def info(call: Call) -> Json:
    channel = call.slack.directory.channel(call.text("channel"))
    call.needs("im:read" if channel.is_im else "channels:read")
    return {"channel": channel_json(channel)}


async def listed(call: Call) -> Json:
    kinds = set((call.optional("types") or "public_channel").split(","))
    found = call.slack.directory.channels.values()
    channels = [
        channel_json(one) for one in found if ("im" if one.is_im else "public_channel") in kinds
    ]
    return {"channels": channels, "response_metadata": {"next_cursor": ""}}


async def members(call: Call) -> Json:
    channel = call.slack.directory.channel(call.text("channel"))
    call.needs("im:read" if channel.is_im else "channels:read")
    people = sorted(call.slack.directory.members(channel))
    return {"members": people, "response_metadata": {"next_cursor": ""}}


async def opened(call: Call) -> Json:
    """The direct message with one person."""
    users = [user for user in call.text("users").split(",") if user]
    if len(users) != 1:
        raise Refusal("method_not_supported_for_channel_type")
    person = call.slack.directory.person(users[0])
    if person.bot:
        raise Refusal("cannot_dm_bot")
    channel = {"id": person.direct_message}
    if call.flag("return_im"):
        channel = channel_json(call.slack.directory.channel(person.direct_message))
    return {"no_op": True, "already_open": True, "channel": channel}


READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")

METHODS = {
    "conversations.replies": Method(replies, Tier.THREE, HISTORY),
    "conversations.history": Method(history, Tier.THREE, HISTORY),
    "conversations.info": Method(info, Tier.THREE, READ),
    "conversations.list": Method(listed, Tier.TWO, READ),
    "conversations.members": Method(members, Tier.FOUR, READ),
    "conversations.open": Method(opened, Tier.THREE, ("im:write",)),
}
