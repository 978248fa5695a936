"""How fast one channel may be written to."""

import asyncio
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol


class Clock(Protocol):
    """Time, so that tests need not wait."""

    def time(self) -> float:
        """Unix seconds."""

    def steady(self) -> float:
        """Seconds since some moment, never set back, going on while the machine is suspended."""

    async def rest(self, seconds: float, until: asyncio.Event | None = None) -> None:
        """Wait for some seconds, or less where the event comes first."""


# The monotonic clock of Linux stands still while a laptop sleeps, and a lease does not.
STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class SystemClock:
    """The time of this machine."""

    def time(self) -> float:
        """Unix seconds."""
        return time.time()

    def steady(self) -> float:
        """Seconds since the machine was started."""
        return time.clock_gettime(STEADY)

    async def rest(self, seconds: float, until: asyncio.Event | None = None) -> None:
        """Wait for some seconds, or less where the event comes first."""
        if until is None:
            await asyncio.sleep(seconds)
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(until.wait(), seconds)


class Kind(Enum):
    """What a write costs: a reaction nothing, an edit that shows progress must leave room."""

    FREE = "free"
    POST = "post"
    EDIT = "edit"
    PROGRESS = "progress"


# chat.postMessage: one a second in a channel, with short bursts. chat.update: 50 a minute.
POST_SECONDS, POST_BURST = 1.0, 3.0
EDIT_SECONDS, EDIT_BURST = 1.2, 2.0
SHORTEST_WAIT = 0.001  # seconds


@dataclass(slots=True)
class Bucket:
    """A token every some seconds, up to a burst; closed while Slack says so."""

    seconds: float
    burst: float
    tokens: float
    at: float
    closed_until: float = 0.0

    def wait(self, now: float, needed: float) -> float:
        """Seconds until so many tokens are there; 0 where they are."""
        # The clock may be set back; a bucket never loses tokens by that.
        self.tokens = min(self.burst, self.tokens + max(0.0, now - self.at) / self.seconds)
        self.at = now
        missing = max(0.0, needed - self.tokens)
        wait = max(self.closed_until - now, missing * self.seconds)
        # A clock in Unix seconds is too coarse to count a shorter wait, which would never end.
        return wait if wait > SHORTEST_WAIT else 0.0


class Pacer:
    """One channel's pace: posts and edits apart, since Slack counts them apart."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        now = clock.time()
        self._free = Bucket(POST_SECONDS, POST_BURST, POST_BURST, now)
        self._posts = Bucket(POST_SECONDS, POST_BURST, POST_BURST, now)
        self._edits = Bucket(EDIT_SECONDS, EDIT_BURST, EDIT_BURST, now)

    def wait(self, kind: Kind) -> float:
        """Seconds until a write of this kind is allowed; 0 means now.

        Progress waits for the whole burst, so that an end or an approval never waits behind it.
        """
        needed = {Kind.FREE: 0.0, Kind.PROGRESS: EDIT_BURST}.get(kind, 1.0)
        return self._bucket(kind).wait(self._clock.time(), needed)

    def take(self, kind: Kind) -> None:
        """Count a write of this kind."""
        if kind is not Kind.FREE:
            self._bucket(kind).tokens -= 1

    def close(self, kind: Kind, seconds: float) -> None:
        """Allow no write of this kind for some seconds."""
        self._bucket(kind).closed_until = self._clock.time() + seconds

    @property
    def rested(self) -> bool:
        """Whether a new pacer would be just the same."""
        buckets, now = (self._free, self._posts, self._edits), self._clock.time()
        return not any(bucket.wait(now, bucket.burst) for bucket in buckets)

    def _bucket(self, kind: Kind) -> Bucket:
        if kind is Kind.FREE:
            return self._free
        return self._edits if kind in (Kind.EDIT, Kind.PROGRESS) else self._posts


FIRST_DELAY, LONGEST_DELAY = 0.5, 10.0  # seconds


@dataclass(slots=True)
class Backoff:
    """How long to wait after one more failure in a row: twice as long each time, with jitter."""

    failures: int = 0
    dice: random.Random = field(default_factory=random.Random)

    def next(self) -> float:
        """Seconds to wait now."""
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(self.failures, 16))
        self.failures += 1
        return delay * self.dice.uniform(0.5, 1.0)

    def reset(self) -> None:
        """All is well again."""
        self.failures = 0
