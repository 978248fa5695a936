"""Which of Slack's message events are a person's words, and what they bring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dispatch_core.views import AttachedFile

# Any other subtype is no new message of a person: changed, deleted, joined, a bot's, …
_SUBTYPES = frozenset({None, "file_share", "thread_broadcast"})
# What no column of sizes holds; Slack takes no file of half of it.
MOST_BYTES = 2**31
_GONE = frozenset({"tombstone", "hidden_by_limit"})


@dataclass(frozen=True, slots=True)
class Message:
    """A person's message; text is Slack's mrkdwn, ts and thread_ts Slack's times."""

    user: str
    channel: str
    ts: str
    thread_ts: str | None
    text: str
    files: tuple[AttachedFile, ...]
    direct: bool

    @property
    def root_ts(self) -> str:
        """The time of the thread's first message, which may be this one."""
        return self.thread_ts or self.ts


def read_message(event: Mapping[str, Any]) -> Message | None:
    """The message of a `message` or `app_mention` event, or None where no person said it."""
    if event.get("subtype") not in _SUBTYPES or "bot_id" in event or event.get("hidden"):
        return None
    # An edit that adds a mention comes as a new app_mention; what counts is what was sent.
    if "edited" in event or not isinstance(event.get("user"), str) or not event.get("ts"):
        return None
    channel = str(event["channel"])
    return Message(
        user=event["user"],
        channel=channel,
        ts=str(event["ts"]),
        thread_ts=event.get("thread_ts"),
        text=str(event.get("text") or ""),
        files=attached(event.get("files") or ()),
        direct=event.get("channel_type") == "im" or channel.startswith("D"),
    )


def attached(files: Sequence[Mapping[str, Any]]) -> tuple[AttachedFile, ...]:
    """The files that can still be fetched, by their Slack ids."""
    return tuple(_file(file) for file in files if file.get("mode") not in _GONE)


def _file(file: Mapping[str, Any]) -> AttachedFile:
    file_id = str(file["id"])
    return AttachedFile(
        name=str(file.get("name") or file.get("title") or file_id).replace("\0", ""),
        mime_type=str(file.get("mimetype") or "application/octet-stream").replace("\0", ""),
        size_bytes=_size(file.get("size")),
        source=file_id,
    )


def _size(told: object) -> int:
    """A file's size as Slack tells it; 0 where it tells none that can be."""
    return told if isinstance(told, int) and 0 <= told < MOST_BYTES else 0
