"""chat.*: the bot speaks, corrects itself and takes back."""

from bot.local_workspace import happenings
from bot.local_workspace.directory import BOT_USER, Channel
from bot.local_workspace.json_text import Json
from bot.local_workspace.rate_limits import Tier
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.web_api.composing import checked_metadata, content, new_message
from bot.local_workspace.web_api.conversations import member_channel
from bot.local_workspace.web_api.method import Call, Method

LONGEST_UPDATE = 4_000


async def post(call: Call) -> Json:
    """Post into a channel, a thread, or (by a user's id) a direct message."""
    channel = _writable(call)
    message = new_message(call, channel)
    call.slack.limits.count_post(channel.id)
    if message.get("thread_ts") and call.flag("reply_broadcast"):
        message["subtype"] = "thread_broadcast"
    if message.get("metadata") == {}:
        del message["metadata"]
    happenings.posted(call.slack, channel, message)
    return {"channel": channel.id, "ts": message["ts"], "message": message}


def _writable(call: Call) -> Channel:
    channel = call.slack.directory.channel(call.text("channel"))
    if not channel.bot_is_member and "chat:write.public" not in call.slack.manifest.scopes:
        raise Refusal("not_in_channel")
    if channel.is_im and not call.slack.manifest.messages_tab:
        raise Refusal("messages_tab_disabled")
    return channel


async def update(call: Call) -> Json:
    """Change one of the bot's own messages; text without blocks takes the blocks away."""
    channel = member_channel(call)
    message = _own(call, channel, "cant_update_message")
    if len(call.optional("text")) > LONGEST_UPDATE:
        raise Refusal("msg_too_long")
    fresh = content(call)
    _keep_rich_text(message, fresh)
    kept = {key: value for key, value in message.items() if key not in {"blocks", "edited"}}
    changed = kept | fresh | _edited(call, fresh) | _metadata(call)
    if changed.get("metadata") == {}:
        del changed["metadata"]
    happenings.changed(call.slack, channel, changed)
    return {
        "channel": channel.id,
        "ts": changed["ts"],
        "text": changed["text"],
        "message": changed,
    }


def _edited(call: Call, fresh: Json) -> Json:
    """Plain text is marked as edited; blocks, which apps redraw all the time, are not."""
    if "blocks" in fresh:
        return {}
    return {"edited": {"user": BOT_USER, "ts": call.slack.messages.new_ts()}}


def _metadata(call: Call) -> Json:
    metadata = checked_metadata(call)
    return {} if metadata is None else {"metadata": metadata}


def _keep_rich_text(before: Json, fresh: Json) -> None:
    def rich(message: Json) -> bool:
        return any(block["type"] == "rich_text" for block in message.get("blocks", ()))

    if rich(before) and fresh.get("blocks") and not rich(fresh):
        raise Refusal("block_mismatch")


def _own(call: Call, channel: Channel, refusal: str) -> Json:
    message = call.slack.messages.get(channel.id, call.text("ts"))
    if message.get("user") != BOT_USER:
        raise Refusal(refusal)
    return message


async def delete(call: Call) -> Json:
    channel = member_channel(call)
    message = _own(call, channel, "cant_delete_message")
    happenings.deleted(call.slack, channel, message["ts"])
    return {"channel": channel.id, "ts": message["ts"]}


async def post_ephemeral(call: Call) -> Json:
    """Tell one person something that nobody else sees, and that no event echoes."""
    channel = member_channel(call)
    user = call.text("user")
    if user not in call.slack.directory.members(channel):
        raise Refusal("user_not_in_channel")
    message = new_message(call, channel)
    happenings.show_to(call.slack, channel.id, user, message)
    return {"message_ts": message["ts"]}


async def permalink(call: Call) -> Json:
    channel = call.slack.directory.channel(call.text("channel"))
    message = call.slack.messages.get(channel.id, call.text("message_ts"))
    name = f"p{message['ts'].replace('.', '')}"
    link = f"{call.slack.url}/archives/{channel.id}/{name}"
    return {"channel": channel.id, "permalink": link}


WRITE = ("chat:write",)

METHODS = {
    "chat.postMessage": Method(post, Tier.SPECIAL, WRITE),
    "chat.update": Method(update, Tier.THREE, WRITE),
    "chat.delete": Method(delete, Tier.THREE, WRITE),
    "chat.postEphemeral": Method(post_ephemeral, Tier.FOUR, WRITE),
    "chat.getPermalink": Method(permalink, Tier.SPECIAL),
}
