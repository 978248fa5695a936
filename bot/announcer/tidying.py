"""Puts right what a holder left behind that was suspended in the middle of a call.

A Slack post can't be fenced: one that was on its way when the lease ran out lands all the same. The
place that the records have is the true one; what stands beside it is taken away, by whoever knows
that it may.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.announcer.attempt import LINK, Attempt
from bot.announcer.calls import Gone, Later, Trouble
from bot.announcer.finding import Finder
from bot.announcer.outbox import Outbox
from bot.announcer.pace import Backoff, Clock
from bot.announcer.wire import Wire
from bot.keys import parse_thread
from dispatch_core.errors import DispatchError
from dispatch_core.views import ArtifactView, ThreadEntry

LOOK_SECONDS = 1.0
# A post of a holder that was killed may be under way still: it is looked for once more, this late.
LATE_SECONDS = 10.0

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Tidier:
    """Works for one term, also when its lease is lost: it only takes away, or has redrawn."""

    outbox: Outbox
    client: AsyncWebClient
    wire: Wire
    finder: Finder
    clock: Clock

    async def redraw(self, entry: ThreadEntry) -> None:
        """An edit of this term may have come after a newer one of the holder."""
        await self._patiently(lambda: self.outbox.show_again(entry.id))

    async def tidy(self, entry: ThreadEntry, attempt: Attempt) -> None:
        """Once the entry's place is recorded, delete what this attempt put beside it."""
        ref = await self._recorded(entry)
        if ref is None:
            return
        await self._patiently(lambda: self._take_away(entry, attempt, ref))
        await self.clock.rest(LATE_SECONDS)
        await self._patiently(lambda: self._take_away(entry, attempt, ref))

    async def _recorded(self, entry: ThreadEntry) -> str | None:
        while True:
            place = await self._patiently(lambda: self.outbox.place_of(entry.id))
            if place is None:
                return None
            ref: str | None = place[0]
            announced: int = place[1]
            if ref is not None or announced >= entry.revision:
                return ref
            await self.outbox.changes(LOOK_SECONDS)

    async def _take_away(self, entry: ThreadEntry, attempt: Attempt, ref: str) -> None:
        doubles = [one for one in await self.finder.messages(entry, attempt.since) if one != ref]
        if attempt.file and attempt.file != LINK:
            shares = await self._shares(entry, attempt.file)
            doubles += shares[1:] if _is_kept(entry, attempt, ref) else shares
        for double in doubles:
            log.warning("entry %s stood twice: %s is deleted for %s", entry.id, double, ref)
            await self._delete(double)

    async def _shares(self, entry: ThreadEntry, file_id: str) -> list[str]:
        try:
            return await self.finder.shares(entry, file_id)
        except Later:
            raise
        except Trouble:
            return []  # the file is gone, or was never there

    async def _delete(self, ref: str) -> None:
        channel, _, ts = ref.partition("/")
        try:
            await self.wire.ask(self.client.chat_delete(channel=channel, ts=ts))
        except Gone:
            log.info("message %s was deleted already", ref)

    async def _patiently(self, act: Callable[[], Awaitable[Any]]) -> Any:
        """Do it, over a database or a Slack that is away; what Slack refuses is given up."""
        backoff = Backoff()
        while True:
            try:
                return await act()
            except Later as later:
                await self.clock.rest((later.seconds or 0.0) + backoff.next())
            except DispatchError as error:
                log.info("tidying waits for the database: %s", error)
                await self.clock.rest(backoff.next())
            except Trouble as trouble:
                log.warning("what may stand twice can't be looked for: %s", trouble)
                return None


def _is_kept(entry: ThreadEntry, attempt: Attempt, ref: str) -> bool:
    """Whether this file is the one that the thread should show, once."""
    if not isinstance(entry.body, ArtifactView):
        return True  # it stands beside its message, whose place is what was recorded
    return ref == f"{parse_thread(entry.thread_key).channel}/{attempt.file}"


class Background:
    """Work that nobody awaits, until the announcer is closed."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it beside everything else; a fault in it is logged."""
        task = asyncio.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Return once all of it is done, what it started meanwhile too."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self, seconds: float) -> None:
        """Give it some seconds to end."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception:
            # Nobody awaits this task: what it raises would otherwise be seen by nobody.
            log.exception("what a former announcer left was not tidied")
