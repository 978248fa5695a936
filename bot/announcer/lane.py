"""One channel's announcements: one at a time, the most urgent first, at the channel's own pace."""

import asyncio
import logging
from dataclasses import dataclass, field, replace

from bot.announcer.calls import Later, Trouble
from bot.announcer.order import URGENCIES, in_order, kind_of, urgency_of
from bot.announcer.pace import SHORTEST_WAIT, Backoff, Clock, Kind, Pacer
from bot.announcer.showing import Showing
from bot.announcer.term import LeaseLost
from dispatch_core.errors import DispatchError, NotFound
from dispatch_core.log_context import about
from dispatch_core.views import ThreadEntry

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settled:
    """What was announced last, and during which reading of the outbox."""

    revision: int
    ref: str | None
    reading: int


@dataclass(slots=True)
class Lane:
    """The entries of one channel that wait to be shown."""

    channel: str
    showing: Showing
    clock: Clock
    pacer: Pacer = field(init=False)
    reading: int = 0
    closing: bool = False
    _waiting: dict[str, ThreadEntry] = field(default_factory=dict)
    _settled: dict[str, Settled] = field(default_factory=dict)
    _resting: dict[str, float] = field(default_factory=dict)
    _backoffs: dict[str, Backoff] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.pacer = Pacer(self.clock)

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def revisions(self) -> dict[str, int]:
        """The revisions of what waits, by the entries' ids."""
        return {entry.id: entry.revision for entry in self._waiting.values()}

    def counts(self) -> tuple[int, ...]:
        """How much waits, for each of URGENCIES."""
        waiting = [urgency_of(entry, kind) for entry, kind in self._priced()]
        return tuple(waiting.count(urgency) for urgency in URGENCIES)

    @property
    def forgettable(self) -> bool:
        """Whether a new lane would be just the same."""
        return not self._waiting and not self._settled and self.pacer.rested

    def offer(self, entry: ThreadEntry) -> None:
        """An entry as the current reading of the outbox has it; an older one of it is dropped."""
        settled = self._settled.get(entry.id)
        if settled is not None:
            if entry.revision <= settled.revision:
                return
            entry = replace(entry, ref=entry.ref or settled.ref)
        known = self._waiting.get(entry.id)
        if known is None or known.revision <= entry.revision:
            self._waiting[entry.id] = entry
            self._news.set()

    def read(self, reading: int) -> None:
        """A reading of the outbox begins: all that was settled before is in it."""
        self.reading = reading

    def was_read(self) -> None:
        """That reading was offered whole: what it must have known need not be remembered."""
        for entry_id, settled in list(self._settled.items()):
            if settled.reading < self.reading:
                del self._settled[entry_id]

    def close(self) -> None:
        """End after what is being shown now."""
        self.closing = True
        self._news.set()

    async def work(self) -> None:
        """Show all that waits."""
        while self._waiting and not self.closing:
            self._news.clear()
            entry, kind, wait = self._choose()
            if entry is None:
                await self.clock.rest(wait, self._news)
                continue
            self.pacer.take(kind)
            with about(entry_id=entry.id, thread_key=entry.thread_key):
                await self._show(self._waiting.pop(entry.id), kind)

    def _choose(self) -> tuple[ThreadEntry | None, Kind, float]:
        """The entry to show now, or the seconds until there is one."""
        now, soonest = self.clock.time(), float("inf")
        for entry, kind in in_order(self._priced()):
            wait = max(self.pacer.wait(kind), self._resting.get(entry.id, 0.0) - now)
            if wait < SHORTEST_WAIT:
                return entry, kind, 0.0
            soonest = min(soonest, wait)
        return None, Kind.FREE, soonest

    def _priced(self) -> list[tuple[ThreadEntry, Kind]]:
        ref = self.showing.notes.ref
        return [(one, kind_of(one, ref(one) is not None)) for one in self._waiting.values()]

    async def _show(self, entry: ThreadEntry, kind: Kind) -> None:
        try:
            ref = await self._shown(entry)
            await self.showing.record(entry, ref)
        except LeaseLost:
            self.close()
            return
        except NotFound:
            log.info("entry %s is gone from the records", entry.id)
            self.showing.forget(entry)
            ref = entry.ref
        except Later as later:
            self._again(entry)
            self.pacer.close(kind, self._pause(kind.value, later.seconds))
            if later.seconds is None:
                # It may be this entry's own trouble: the others of the channel go first.
                self._rest(entry)
            return
        except DispatchError as error:
            log.warning("entry %s waits for the database: %s", entry.id, error)
            self._again(entry)
            self._rest(entry)
            return
        except Exception:
            # A fault in how one entry is shown must not silence its whole channel.
            log.exception("entry %s can't be shown now", entry.id)
            self._again(entry)
            self._rest(entry)
            return
        self._settle(entry, ref, kind)

    async def _shown(self, entry: ThreadEntry) -> str | None:
        """Where the entry is shown; what can never be shown counts as shown, and is told here."""
        try:
            return await self.showing.show(entry)
        except Later as later:
            log.info("entry %s is shown later: %s", entry.id, later)
            raise
        except Trouble as trouble:
            kind = type(trouble).__name__.lower()
            log.warning("entry %s in %s is %s: %s", entry.id, self.channel, kind, trouble)
            return self.showing.notes.ref(entry)

    def _again(self, entry: ThreadEntry) -> None:
        newer = self._waiting.get(entry.id)
        if newer is None or newer.revision < entry.revision:
            self._waiting[entry.id] = entry

    def _rest(self, entry: ThreadEntry) -> None:
        self._resting[entry.id] = self.clock.time() + self._pause(entry.id)

    def _pause(self, of: str, seconds: float | None = None) -> float:
        backoff = self._backoffs.setdefault(of, Backoff())
        jittered = backoff.next()
        return jittered if seconds is None else seconds + jittered / 4

    def _settle(self, entry: ThreadEntry, ref: str | None, kind: Kind) -> None:
        """Remember it until a newer reading, since the one in hand may be older than this."""
        for key in (entry.id, kind.value):
            self._backoffs.pop(key, None)
        self._resting.pop(entry.id, None)
        self._settled[entry.id] = Settled(entry.revision, ref, self.reading)
        newer = self._waiting.pop(entry.id, None)
        if newer is not None:
            self.offer(newer)
