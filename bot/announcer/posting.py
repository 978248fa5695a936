"""Shows an entry as a message: posted once, found again after a lost answer, edited in place."""

import logging
from dataclasses import dataclass

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.web.async_client import AsyncWebClient

from bot.announcer.attempt import Attempt, Notes
from bot.announcer.calls import Later, Refused, Trouble
from bot.announcer.drawing import plain
from bot.announcer.finding import Finder, metadata_of
from bot.announcer.pace import Clock
from bot.announcer.wire import Wire
from bot.blocks.drawn import Drawn
from bot.keys import parse_thread
from dispatch_core.views import ThreadEntry

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Poster:
    """Posts and edits messages; a ref is `CHANNEL/TS`."""

    client: AsyncWebClient
    wire: Wire
    finder: Finder
    notes: Notes
    clock: Clock

    async def show(self, entry: ThreadEntry, drawn: Drawn) -> str:
        """Make the entry's message look so; returns its ref. Raises a Trouble, or LeaseLost."""
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
        found = await self.finder.messages(entry, attempt.since)
        if len(found) != 1:
            # What is not there yet may still come, and what stands twice must not stay.
            self.notes.look_again(entry)
        if found:
            return self.notes.posted(entry, found[0])
        self.notes.doubt(entry, in_doubt=False)
        return None

    async def _post(self, entry: ThreadEntry, drawn: Drawn) -> str:
        if self.notes.attempt(entry) is None:
            await self.notes.write(entry, Attempt(self.clock.time()))
        self.notes.doubt(entry, in_doubt=True)
        where = parse_thread(entry.thread_key)
        try:
            answer = await self.wire.post(
                entry,
                self.client.chat_postMessage(
                    channel=where.channel,
                    thread_ts=where.thread_ts,
                    metadata=metadata_of(entry),
                    unfurl_links=False,
                    unfurl_media=False,
                    **drawn.as_arguments(),
                ),
            )
        except Trouble as trouble:
            self.notes.doubt(entry, isinstance(trouble, Later) and not trouble.undone)
            raise
        return self.notes.posted(entry, f"{answer['channel']}/{answer['ts']}")

    async def _edit(self, entry: ThreadEntry, drawn: Drawn, ref: str) -> str:
        channel, _, ts = ref.partition("/")
        await self.wire.edit(
            entry,
            self.client.chat_update(
                channel=channel, ts=ts, metadata=metadata_of(entry), **drawn.as_arguments()
            ),
        )
        return ref
