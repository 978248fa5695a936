"""Shows an entry as a message: posted once, found again after a lost answer, edited in place."""

import logging
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.announcer.attempt import Attempt, Notes
from bot.announcer.calls import Later, Refused, Trouble, calling
from bot.announcer.drawing import plain
from bot.announcer.pace import Clock
from bot.blocks.drawn import Drawn
from bot.keys import ThreadAddress, parse_thread
from dispatch_core.views import ThreadEntry

EVENT_TYPE = "dispatch_entry"
CLOCKS_APART = 3_600.0  # seconds that this machine's clock may be ahead of Slack's
PAGE = 200

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Poster:
    """Posts and edits messages; a ref is `CHANNEL/TS`."""

    client: AsyncWebClient
    notes: Notes
    clock: Clock

    async def show(self, entry: ThreadEntry, drawn: Drawn) -> str:
        """Make the entry's message look so; returns its ref. Raises a Trouble."""
        ref = self.notes.ref(entry) or await self._find_again(entry)
        try:
            return await self._write(entry, drawn, ref)
        except (Refused, SlackObjectFormationError) as refusal:
            log.warning("entry %s is shown as bare text: %s", entry.id, refusal)
            return await self._write(entry, plain(drawn), ref)

    async def _write(self, entry: ThreadEntry, drawn: Drawn, ref: str | None) -> str:
        if ref is None:
            return await self._post(entry, drawn)
        return await self._edit(entry, drawn, ref)

    async def _find_again(self, entry: ThreadEntry) -> str | None:
        """The message of an earlier attempt whose answer was lost, where there is one."""
        attempt = self.notes.attempt(entry)
        if attempt is None or not attempt.in_doubt:
            return None
        ref = await self._look_up(entry, attempt)
        if ref is not None:
            return self.notes.posted(entry, ref)
        self.notes.doubt(entry, in_doubt=False)
        return None

    async def _post(self, entry: ThreadEntry, drawn: Drawn) -> str:
        if self.notes.attempt(entry) is None:
            await self.notes.write(entry, Attempt(self.clock.time()))
        self.notes.doubt(entry, in_doubt=True)
        where = parse_thread(entry.thread_key)
        try:
            answer = await calling(
                self.client.chat_postMessage(
                    channel=where.channel,
                    thread_ts=where.thread_ts,
                    metadata=_metadata(entry),
                    unfurl_links=False,
                    unfurl_media=False,
                    **drawn.as_arguments(),
                )
            )
        except Trouble as trouble:
            self.notes.doubt(entry, isinstance(trouble, Later) and not trouble.undone)
            raise
        return self.notes.posted(entry, f"{answer['channel']}/{answer['ts']}")

    async def _edit(self, entry: ThreadEntry, drawn: Drawn, ref: str) -> str:
        channel, _, ts = ref.partition("/")
        await calling(
            self.client.chat_update(
                channel=channel, ts=ts, metadata=_metadata(entry), **drawn.as_arguments()
            )
        )
        return ref

    async def _look_up(self, entry: ThreadEntry, attempt: Attempt) -> str | None:
        where = parse_thread(entry.thread_key)
        channel = where.channel if where.thread_ts else await self._direct_message(where.channel)
        cursor = ""
        while True:
            page = await self._page(where, channel, attempt.since - CLOCKS_APART, cursor)
            for message in page.get("messages") or []:
                if entry_of(message) == entry.id:
                    return f"{channel}/{message['ts']}"
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None

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
            return await calling(self.client.conversations_history(**arguments))
        return await calling(self.client.conversations_replies(ts=where.thread_ts, **arguments))

    async def _direct_message(self, user: str) -> str:
        opened = await calling(self.client.conversations_open(users=user))
        return str((opened.get("channel") or {})["id"])


def entry_of(message: dict[str, Any]) -> str:
    """The id of the entry that a message shows; empty where it shows none."""
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return ""
    return str((metadata.get("event_payload") or {}).get("entry_id", ""))


def _metadata(entry: ThreadEntry) -> dict[str, Any]:
    return {"event_type": EVENT_TYPE, "event_payload": {"entry_id": entry.id}}
