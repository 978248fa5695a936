"""files.*: the three steps of an upload, and what became of a file."""

import asyncio
from typing import Any

from bot.local_workspace import happenings
from bot.local_workspace.directory import BOT_USER, Channel
from bot.local_workspace.json_text import Json
from bot.local_workspace.rate_limits import Tier
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.web_api.composing import new_message
from bot.local_workspace.web_api.method import Call, Method

LONGEST_ALT_TEXT = 1000
LARGEST_SNIPPET = 1_000_000


async def upload_url(call: Call) -> Json:
    """First step: a file's id, and where its bytes must be posted."""
    if call.slack.faults.on("refuse_upload"):
        raise Refusal("file_uploads_disabled")
    name, length = call.optional("filename"), call.number("length", 0)
    if not name or length <= 0:
        raise Refusal("missing_argument")
    if len(call.optional("alt_txt")) > LONGEST_ALT_TEXT:
        raise Refusal("alt_txt_too_large")
    if call.optional("snippet_type") and length > LARGEST_SNIPPET:
        raise Refusal("snippet_too_large")
    file_id = call.slack.files.reserve(BOT_USER, name, length)
    return {"upload_url": f"{call.slack.url}/upload/{file_id}", "file_id": file_id}


async def complete(call: Call) -> Json:
    """Last step: share the files. As in Slack, the message comes a little after the answer."""
    files = _given_files(call)
    channels = [_postable(call, one) for one in _channels(call)]
    for file in files:
        call.slack.files.rename(file["id"], file.get("title") or _name(call, file))
    for channel in channels:
        message = _message(call, channel)
        call.slack.outbound.background(_share(call, channel, message, [one["id"] for one in files]))
    return {"files": [call.slack.files.shown(file["id"]) for file in files]}


def _given_files(call: Call) -> list[Json]:
    files: Any = call.parsed("files")
    if not isinstance(files, list) or not files:
        raise Refusal("invalid_arguments")
    for file in files:
        if not isinstance(file, dict) or not call.slack.files.filled(str(file.get("id"))):
            raise Refusal("file_not_found")
        call.slack.files.complete(file["id"])
    return files


def _channels(call: Call) -> list[str]:
    if call.optional("channels"):
        return call.optional("channels").split(",")
    return [call.optional("channel_id")] if call.optional("channel_id") else []


def _postable(call: Call, channel_id: str) -> Channel:
    channel = call.slack.directory.channels.get(channel_id)
    if channel is None:
        raise Refusal("channel_not_found")
    if not channel.bot_is_member:
        raise Refusal("not_in_channel")
    return channel


def _name(call: Call, file: Json) -> str:
    return str(call.slack.files.raw(file["id"])["name"])


def _message(call: Call, channel: Channel) -> Json:
    """The message that will carry the files; its text is the initial comment."""
    said = {"text": call.optional("initial_comment"), "thread_ts": call.optional("thread_ts")}
    if call.params.get("blocks"):
        said["blocks"] = call.params["blocks"]
    bare = said | ({} if said["text"] or "blocks" in said else {"text": "file"})
    message = new_message(Call(call.slack, call.method, bare), channel)
    return message | ({"text": ""} if not said["text"] else {})


async def _share(call: Call, channel: Channel, message: Json, file_ids: list[str]) -> None:
    await asyncio.sleep(call.slack.pace.share)
    slack = call.slack
    message = message | {"ts": slack.messages.new_ts()}
    files = [slack.files.share(file_id, channel, message) for file_id in file_ids]
    shared = {"subtype": "file_share", "files": files, "upload": True, "display_as_bot": True}
    happenings.posted(slack, channel, message | shared)


async def info(call: Call) -> Json:
    """A file, with the places where it is shared."""
    file_id = call.text("file")
    file = call.slack.files.shown(file_id, with_shares=True)
    return {
        "file": file,
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


async def delete(call: Call) -> Json:
    file = call.slack.files.raw(call.text("file"))
    if file["user"] != BOT_USER:
        raise Refusal("cant_delete_file")
    call.slack.files.remove(file["id"])
    return {}


METHODS = {
    "files.getUploadURLExternal": Method(upload_url, Tier.FOUR, ("files:write",)),
    "files.completeUploadExternal": Method(complete, Tier.FOUR, ("files:write",)),
    "files.info": Method(info, Tier.FOUR, ("files:read",)),
    "files.delete": Method(delete, Tier.THREE, ("files:write",)),
}
