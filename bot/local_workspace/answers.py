"""What the app answers to an interaction: by its acknowledgement or by a response_url."""

from bot.local_workspace import happenings
from bot.local_workspace.json_text import Json
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.slack import Slack
from bot.local_workspace.triggers import ResponseUrl
from bot.local_workspace.web_api.composing import content, new_message
from bot.local_workspace.web_api.method import Call

KNOWN = frozenset(
    {
        "text",
        "blocks",
        "attachments",
        "response_type",
        "replace_original",
        "delete_original",
        "thread_ts",
        "unfurl_links",
        "unfurl_media",
        "metadata",
        "mrkdwn",
    }
)


def respond(slack: Slack, key: str, body: Json) -> None:
    """Take one post to a response_url."""
    answer(slack, slack.response_urls.use(key), body)


def answer(slack: Slack, place: ResponseUrl, body: Json) -> None:
    """Post, replace or delete, as the body says; a new message is ephemeral unless told."""
    unknown = sorted(body.keys() - KNOWN)
    if unknown:
        raise Refusal("invalid_payload", status=400, unknown=unknown)
    call = Call(slack, "response_url", body)
    if call.flag("delete_original"):
        _delete(slack, place)
    elif call.flag("replace_original") and place.ts:
        _replace(call, place, place.ts)
    else:
        _post(call, place)


def _post(call: Call, place: ResponseUrl) -> None:
    channel = call.slack.directory.channel(place.channel)
    message = new_message(call, channel)
    if call.optional("response_type") == "in_channel":
        happenings.posted(call.slack, channel, message | {"subtype": "bot_message"})
    else:
        happenings.show_to(call.slack, channel.id, place.user, message)


def _replace(call: Call, place: ResponseUrl, ts: str) -> None:
    slack = call.slack
    channel = slack.directory.channel(place.channel)
    if place.ephemeral:
        before = slack.messages.ephemeral(channel.id, place.user, ts) or {}
        fresh = new_message(call, channel) | {"ts": ts}
        if "thread_ts" in before:
            fresh["thread_ts"] = before["thread_ts"]
        happenings.show_to(slack, channel.id, place.user, fresh)
        return
    message = slack.messages.get(channel.id, ts)
    kept = {key: value for key, value in message.items() if key != "blocks"}
    happenings.changed(slack, channel, kept | content(call))


def _delete(slack: Slack, place: ResponseUrl) -> None:
    if not place.ts:
        raise Refusal("message_not_found", status=404)
    channel = slack.directory.channel(place.channel)
    if place.ephemeral:
        happenings.hide_from(slack, channel.id, place.user, place.ts)
    else:
        happenings.deleted(slack, channel, place.ts)
