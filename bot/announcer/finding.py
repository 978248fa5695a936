"""Finds the messages that show an entry by their metadata, and the places where a file stands."""

from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.announcer.wire import Wire
from bot.keys import ThreadAddress, parse_thread
from dispatch_core.views import ThreadEntry

EVENT_TYPE = "dispatch_entry"
CLOCKS_APART = 3_600.0  # seconds that this machine's clock may be ahead of Slack's
PAGE = 200


@dataclass(slots=True)
class Finder:
    """Looks only; a ref is `CHANNEL/TS`. Every verb may raise a Trouble."""

    client: AsyncWebClient
    wire: Wire

    async def messages(self, entry: ThreadEntry, since: float) -> list[str]:
        """The refs of the messages that show this entry, oldest first; since is Unix seconds."""
        where = parse_thread(entry.thread_key)
        channel = where.channel if where.thread_ts else await self._direct_message(where.channel)
        found: list[str] = []
        cursor = ""
        while True:
            page = await self._page(where, channel, since - CLOCKS_APART, cursor)
            messages = page.get("messages") or []
            found += [str(one["ts"]) for one in messages if entry_of(one) == entry.id]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return [f"{channel}/{ts}" for ts in sorted(found, key=float)]

    async def shares(self, entry: ThreadEntry, file_id: str) -> list[str]:
        """The refs of the messages that share this file in the entry's channel, oldest first."""
        channel = parse_thread(entry.thread_key).channel
        answer = await self.wire.ask(self.client.files_info(file=file_id))
        shares = (answer.get("file") or {}).get("shares") or {}
        found = [str(one["ts"]) for places in shares.values() for one in places.get(channel) or ()]
        return [f"{channel}/{ts}" for ts in sorted(found, key=float)]

    async def _page(
        self, where: ThreadAddress, channel: str, oldest: float, cursor: str
    ) -> AsyncSlackResponse:
        arguments: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{oldest:.6f}",
            "limit": PAGE,
            "include_all_metadata": True,
        }
        if cursor:
            arguments["cursor"] = cursor
        if where.thread_ts is None:
            return await self.wire.ask(self.client.conversations_history(**arguments))
        return await self.wire.ask(
            self.client.conversations_replies(ts=where.thread_ts, **arguments)
        )

    async def _direct_message(self, user: str) -> str:
        opened = await self.wire.ask(self.client.conversations_open(users=user))
        return str((opened.get("channel") or {})["id"])


def entry_of(message: dict[str, Any]) -> str:
    """The id of the entry that a message shows; empty where it shows none."""
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return ""
    return str((metadata.get("event_payload") or {}).get("entry_id", ""))


def metadata_of(entry: ThreadEntry) -> dict[str, Any]:
    """What the message of an entry carries, so that it is found again."""
    return {"event_type": EVENT_TYPE, "event_payload": {"entry_id": entry.id}}
