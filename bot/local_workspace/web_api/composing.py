"""From the arguments of a chat.* call to the message that Slack stores."""

from typing import Any

from bot.local_workspace.block_kit.checking import checked_blocks
from bot.local_workspace.directory import APP, BOT, BOT_USER, CREATED, TEAM, Channel
from bot.local_workspace.json_text import Json
from bot.local_workspace.people import thread_facts
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.texts import escaped
from bot.local_workspace.web_api.method import Call

MOST_BLOCKS = 50
MOST_ATTACHMENTS = 100
LONGEST_MARKDOWN = 12_000
LARGEST_METADATA = 8_000


def new_message(call: Call, channel: Channel) -> Json:
    """A message of the bot, complete but for being posted."""
    message: Json = {
        "type": "message",
        "user": BOT_USER,
        "ts": call.slack.messages.new_ts(),
        "bot_id": BOT,
        "app_id": APP,
        "team": TEAM,
        "bot_profile": bot_profile(call),
    }
    message |= content(call)
    message |= thread_facts(call.slack, channel, call.optional("thread_ts"))
    metadata = checked_metadata(call)
    if metadata is not None:
        message["metadata"] = metadata
    return message | _identity(call)


def content(call: Call) -> Json:
    """Text, blocks and attachments, checked; Slack's `no_text` if there is nothing of it."""
    markdown = call.optional("markdown_text")
    blocks, attachments = _blocks(call), _attachments(call)
    text = call.optional("text")
    if markdown:
        return _from_markdown(markdown, text, blocks)
    if not (text or blocks or attachments):
        raise Refusal("no_text")
    parts: Json = {"text": escaped(text)}
    if blocks:
        parts["blocks"] = blocks
    if attachments:
        parts["attachments"] = attachments
    return parts


def _from_markdown(markdown: str, text: str, blocks: list[Json] | None) -> Json:
    if text or blocks:
        raise Refusal("markdown_text_conflict")
    if len(markdown) > LONGEST_MARKDOWN:
        raise Refusal("msg_too_long")
    return {"text": markdown, "blocks": checked_blocks([{"type": "markdown", "text": markdown}])}


def _blocks(call: Call) -> list[Json] | None:
    if call.params.get("blocks") in (None, "", []):
        return None
    return checked_blocks(call.parsed("blocks"), most=MOST_BLOCKS)


def _attachments(call: Call) -> list[Any] | None:
    if call.params.get("attachments") in (None, "", []):
        return None
    attachments = call.parsed("attachments")
    if not isinstance(attachments, list):
        raise Refusal("invalid_attachments")
    if len(attachments) > MOST_ATTACHMENTS:
        raise Refusal("too_many_attachments")
    return [_attachment(one) for one in attachments]


def _attachment(attachment: Any) -> Json:
    if not isinstance(attachment, dict):
        raise Refusal("invalid_attachments")
    if "blocks" not in attachment:
        return attachment
    return attachment | {"blocks": checked_blocks(attachment["blocks"], most=MOST_BLOCKS)}


def checked_metadata(call: Call) -> Json | None:
    """The message's metadata: an event_type and an event_payload; None if none was given."""
    if call.params.get("metadata") in (None, ""):
        return None
    metadata = call.parsed("metadata")
    if metadata == {}:
        return {}
    if not isinstance(metadata, dict) or not _is_event(metadata):
        raise Refusal("invalid_metadata_format")
    if len(str(metadata["event_payload"])) > LARGEST_METADATA:
        raise Refusal("metadata_too_large")
    return {key: metadata[key] for key in ("event_type", "event_payload")}


def _is_event(metadata: Json) -> bool:
    named = isinstance(metadata.get("event_type"), str) and bool(metadata["event_type"])
    return named and isinstance(metadata.get("event_payload"), dict)


def _identity(call: Call) -> Json:
    """Another name or face, for which there is a scope of its own."""
    wanted = {key: call.optional(key) for key in ("username", "icon_emoji", "icon_url")}
    chosen = {key: value for key, value in wanted.items() if value}
    if not chosen:
        return {}
    call.needs("chat:write.customize")
    icons = {"emoji": chosen["icon_emoji"]} if "icon_emoji" in chosen else {}
    return {"subtype": "bot_message", "username": chosen.get("username", ""), "icons": icons}


def bot_profile(call: Call) -> Json:
    bot = call.slack.directory.person(BOT_USER)
    return {
        "id": BOT,
        "app_id": APP,
        "user_id": BOT_USER,
        "name": bot.name,
        "icons": {},
        "deleted": False,
        "updated": CREATED,
        "team_id": TEAM,
    }
