"""The channels that one term announces in: reads the outbox, and gives each channel its own."""

import asyncio
import contextlib
import logging
from collections.abc import Collection

from bot.announcer.lane import Lane
from bot.announcer.order import URGENCIES
from bot.announcer.outbox import Outbox
from bot.announcer.pace import Backoff, Clock
from bot.announcer.showing import Showing
from bot.announcer.term import LeaseLost
from bot.keys import channel_prefix
from dispatch_core.errors import DispatchError
from dispatch_core.views import ThreadEntry

IDLE_SECONDS = 2.0  # in case a signal was lost
# Changes that come this close together are read together; people see no difference.
PAUSE_SECONDS = 0.05
# Where there is much to announce: so many are read at once beyond those that wait, a channel has
# enough with so many of one urgency, and all together are no more than this.
READING, ENOUGH, MOST_WAITING = 200, 20, 5_000
BACKLOG_SECONDS = 0.5
# A reading of a great backlog may take long: it may use a fifth of the time, and no more.
READING_SHARE = 4

log = logging.getLogger(__name__)


class Channels:
    """A lane for each channel, so that one at its limit delays no other."""

    def __init__(self, outbox: Outbox, showing: Showing, clock: Clock) -> None:
        self.showing = showing
        self._outbox = outbox
        self._clock = clock
        self._lanes: dict[str, Lane] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._reading = 0
        self._more = False

    async def run(self) -> None:
        """Announce until cancelled, or until the lease is found to be lost."""
        backoff = Backoff()
        while True:
            # Listen before reading: a change between the two must not be missed.
            changes = asyncio.ensure_future(self._outbox.changes(IDLE_SECONDS))
            try:
                await asyncio.sleep(0)
                await self._read_and_rest()
                if not self._more:
                    await changes
                backoff.reset()
            except LeaseLost:
                return
            except DispatchError as error:
                log.warning("the outbox can't be read now: %s", error)
                await self._clock.rest(backoff.next())
            finally:
                changes.cancel()

    async def drain(self) -> None:
        """Announce all there is, then return; raises LeaseLost."""
        while await self._read():
            await asyncio.gather(*self._tasks.values())
            if self.showing.wire.term.lost:
                raise LeaseLost

    def close(self) -> None:
        """End after what is being sent now."""
        for lane in self._lanes.values():
            lane.close()

    async def ended(self) -> None:
        """Return when nothing is being sent any more; call close first."""
        if self._tasks:
            await asyncio.wait(self._tasks.values())

    async def end_within(self, seconds: float) -> bool:
        """Close; whether all that was being sent has ended, and nothing had to be cut off."""
        self.close()
        tasks = [task for task in self._tasks.values() if not task.done()]
        if not tasks:
            return True
        _, late = await asyncio.wait(tasks, timeout=seconds)
        for task in late:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*late)
        return not late

    async def _read_and_rest(self) -> None:
        began = self._clock.steady()
        await self._read()
        took = self._clock.steady() - began
        least = BACKLOG_SECONDS if self._more else PAUSE_SECONDS
        await self._clock.rest(max(least, READING_SHARE * took))

    async def _read(self) -> int:
        """Give each channel what changed; returns how many entries wait now."""
        self._reading += 1
        known: dict[str, int] = {}
        for lane in self._lanes.values():
            lane.read(self._reading)
            known |= lane.revisions
        entries, self._more = await self._outbox.waiting(known, self._wants())
        for entry in entries:
            await self._offer(entry)
        self._set_to_work()
        return sum(len(lane) for lane in self._lanes.values())

    def _wants(self) -> list[tuple[int, Collection[str]]]:
        """What to read of each urgency; channels that have enough of one are passed over."""
        if not self._more:
            return [(READING, ())] * len(URGENCIES)
        counts = {begin: lane.counts() for begin, lane in self._lanes.items()}
        total = sum(sum(count) for count in counts.values())
        wants: list[tuple[int, Collection[str]]] = []
        for urgency in URGENCIES:
            enough = [begin for begin, count in counts.items() if count[urgency] >= ENOUGH]
            others = sum(count[urgency] for count in counts.values() if count[urgency] < ENOUGH)
            is_room = urgency == URGENCIES[0] or total < MOST_WAITING
            wants.append((READING + others if is_room else 0, enough))
        return wants

    async def _offer(self, entry: ThreadEntry) -> None:
        try:
            begin = channel_prefix(entry.thread_key)
        except ValueError:
            log.warning("entry %s is in no thread of Slack", entry.id)
            await self.showing.record(entry, entry.ref)
            return
        lane = self._lanes.get(begin)
        if lane is None:
            lane = self._lanes[begin] = Lane(begin, self.showing, self._clock)
            lane.read(self._reading)
        lane.offer(entry)

    def _set_to_work(self) -> None:
        for begin, lane in list(self._lanes.items()):
            lane.was_read()
            task = self._tasks.get(begin)
            if task is not None and not task.done():
                continue
            self._tasks.pop(begin, None)
            if lane:
                self._tasks[begin] = asyncio.create_task(lane.work())
            elif lane.forgettable:
                del self._lanes[begin]
