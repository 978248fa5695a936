"""Keeps Slack equal to the thread's entries: reads the outbox, and gives each channel its own."""

import asyncio
import contextlib
import logging

from slack_sdk.web.async_client import AsyncWebClient

from bot.announcer.lane import Lane
from bot.announcer.outbox import Outbox
from bot.announcer.pace import Backoff, Clock, SystemClock
from bot.announcer.showing import Showing
from bot.keys import parse_thread
from dispatch_core.errors import DispatchError
from dispatch_core.views import ThreadEntry

READING = 200  # entries read beyond those that already wait
IDLE_SECONDS = 5.0
CLOSING_SECONDS = 5.0

log = logging.getLogger(__name__)


class Announcer:
    """Posts every entry once and edits it in place, over lost answers, limits and restarts.

    client must not repeat calls by itself (no retry handlers): a post whose answer was lost is
    looked for, never sent again blindly. Raises ValueError where it would.
    """

    def __init__(
        self, dispatcher: Outbox, client: AsyncWebClient, clock: Clock | None = None
    ) -> None:
        if client.retry_handlers:
            raise ValueError("the announcer's client must have no retry handlers")
        self._outbox = dispatcher
        self._clock = clock or SystemClock()
        self._showing = Showing(dispatcher, client, self._clock)
        self._lanes: dict[str, Lane] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._reading = 0

    async def run(self) -> None:
        """Announce until cancelled; what is being sent then is given a moment to end."""
        backoff = Backoff()
        try:
            while True:
                # Listen before reading: a change between the two must not be missed.
                changes = asyncio.ensure_future(self._outbox.changes(IDLE_SECONDS))
                try:
                    await asyncio.sleep(0)
                    await self._read()
                    await changes
                    backoff.reset()
                except DispatchError as error:
                    log.warning("the outbox can't be read now: %s", error)
                    await self._clock.rest(backoff.next())
                finally:
                    changes.cancel()
        finally:
            await self._close()

    async def drain(self) -> None:
        """Announce all there is, then return."""
        try:
            while await self._read():
                await asyncio.gather(*self._tasks.values())
        finally:
            await self._close()

    async def _read(self) -> int:
        """Give each channel what changed; returns how many entries wait now."""
        self._reading += 1
        for lane in self._lanes.values():
            lane.read(self._reading)
        waiting = sum(len(lane) for lane in self._lanes.values())
        for entry in await self._outbox.unannounced(limit=READING + waiting):
            await self._offer(entry)
        self._set_to_work()
        return sum(len(lane) for lane in self._lanes.values())

    async def _offer(self, entry: ThreadEntry) -> None:
        try:
            channel = parse_thread(entry.thread_key).channel
        except ValueError:
            log.warning("entry %s is in no thread of Slack", entry.id)
            await self._outbox.announced(entry.id, entry.revision, entry.ref)
            return
        lane = self._lanes.get(channel)
        if lane is None:
            lane = self._lanes[channel] = Lane(channel, self._showing, self._clock)
            lane.read(self._reading)
        lane.offer(entry)

    def _set_to_work(self) -> None:
        for channel, lane in list(self._lanes.items()):
            lane.was_read()
            task = self._tasks.get(channel)
            if task is not None and not task.done():
                continue
            self._tasks.pop(channel, None)
            if lane:
                self._tasks[channel] = asyncio.create_task(lane.work())
            elif lane.forgettable:
                del self._lanes[channel]

    async def _close(self) -> None:
        """Let what is being sent end, so that fewer posts must be looked for at the next start."""
        tasks, self._tasks = [task for task in self._tasks.values() if not task.done()], {}
        for lane in self._lanes.values():
            lane.close()
        self._lanes = {}
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=CLOSING_SECONDS)
            for task in late:
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(*late)
