"""The messages of each channel, as Slack keeps and shows them."""

from collections.abc import Iterable

from bot.local_workspace.json_text import Json
from bot.local_workspace.pace import Clock
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.state_file import StateFile

REPLY_FACES = 5
"""How many repliers a parent names in reply_users."""


class Messages:
    """Messages by channel and timestamp. What is stored is Slack's own message JSON."""

    def __init__(self, state: StateFile, now: Clock) -> None:
        self._state = state
        self._now = now
        self._last = 0
        self._channels: dict[str, dict[str, Json]] = {}
        self._ephemeral: dict[str, dict[str, Json]] = {}
        self._threads: dict[str, set[str]] = {}
        """The ts of the replies, by channel/thread_ts."""
        for key, message in state.kept("message").items():
            channel, ts = key.split("/")
            self._take(channel, message)
            self._last = max(self._last, int(ts.replace(".", "")))

    def new_ts(self) -> str:
        """A timestamp later than any before: it names a message within its channel."""
        self._last = max(self._last + 1, int(self._now() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def put(self, channel: str, message: Json) -> None:
        """Add a message, or replace the one of the same ts."""
        self._take(channel, message)
        self._state.keep("message", f"{channel}/{message['ts']}", message)

    def _take(self, channel: str, message: Json) -> None:
        self._channels.setdefault(channel, {})[message["ts"]] = message
        thread_ts = str(message.get("thread_ts", ""))
        if thread_ts and is_reply_to(message, thread_ts):
            self._threads.setdefault(f"{channel}/{thread_ts}", set()).add(message["ts"])

    def put_ephemeral(self, channel: str, user: str, message: Json) -> None:
        """Keep a message that only one person sees, until the workspace stops."""
        shown = message | {"is_ephemeral": True}
        self._ephemeral.setdefault(f"{channel}/{user}", {})[message["ts"]] = shown

    def ephemeral(self, channel: str, user: str, ts: str) -> Json | None:
        return self._ephemeral.get(f"{channel}/{user}", {}).get(ts)

    def drop_ephemeral(self, channel: str, user: str, ts: str) -> None:
        self._ephemeral.get(f"{channel}/{user}", {}).pop(ts, None)

    def get(self, channel: str, ts: str) -> Json:
        """The stored message; Slack's `message_not_found` if there is none."""
        message = self._channels.get(channel, {}).get(ts)
        if message is None or message.get("subtype") == "tombstone":
            raise Refusal("message_not_found")
        return message

    def find(self, channel: str, ts: str) -> Json | None:
        return self._channels.get(channel, {}).get(ts)

    def remove(self, channel: str, ts: str) -> Json | None:
        """Take a message away; a parent with replies leaves a tombstone, which is returned."""
        thread_ts = self.get(channel, ts).get("thread_ts")
        if self.replies(channel, ts):
            tombstone = _tombstone(ts)
            self.put(channel, tombstone)
            return tombstone
        del self._channels[channel][ts]
        self._threads.get(f"{channel}/{thread_ts}", set()).discard(ts)
        self._state.keep("message", f"{channel}/{ts}", None)
        return None

    def in_channel(self, channel: str) -> list[Json]:
        """Every stored message, oldest first."""
        found = self._channels.get(channel, {})
        return [found[ts] for ts in sorted(found)]

    def replies(self, channel: str, thread_ts: str) -> list[Json]:
        """The replies of a thread without its parent, oldest first."""
        found = self._threads.get(f"{channel}/{thread_ts}", ())
        return [self._channels[channel][ts] for ts in sorted(found)]

    def thread_of(self, channel: str, thread_ts: str) -> str:
        """The thread a reply belongs to: a reply to a reply joins its parent's thread."""
        found = self.find(channel, thread_ts)
        if found is None:
            raise Refusal("thread_not_found")
        return str(found.get("thread_ts", thread_ts))

    def shown(self, channel: str, message: Json) -> Json:
        """A message as it is read: a parent says how many answered, who, and when last."""
        replies = self.replies(channel, message["ts"])
        return message | _parent_facts(message["ts"], replies) if replies else message

    def seen_by(self, channel: str, user: str) -> list[Json]:
        """What a person sees in a channel: all of it, and what was said to that person alone."""
        private = self._ephemeral.get(f"{channel}/{user}", {}).values()
        everything = [*(self.shown(channel, one) for one in self.in_channel(channel)), *private]
        return sorted(everything, key=lambda one: str(one["ts"]))

    def forget_all(self) -> None:
        self._channels.clear()
        self._threads.clear()
        self._ephemeral.clear()


def is_reply_to(message: Json, thread_ts: str) -> bool:
    return message.get("thread_ts") == thread_ts and message["ts"] != thread_ts


def _tombstone(ts: str) -> Json:
    return {
        "type": "message",
        "subtype": "tombstone",
        "hidden": True,
        "text": "This message was deleted.",
        "user": "USLACKBOT",
        "ts": ts,
        "thread_ts": ts,
    }


def _parent_facts(ts: str, replies: Iterable[Json]) -> Json:
    found = list(replies)
    people = list(dict.fromkeys(str(one.get("user", "")) for one in found))
    return {
        "thread_ts": ts,
        "reply_count": len(found),
        "reply_users_count": len(people),
        "reply_users": people[:REPLY_FACES],
        "latest_reply": found[-1]["ts"],
        "is_locked": False,
        "subscribed": False,
    }
