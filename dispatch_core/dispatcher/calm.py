"""Whether time may be judged by now: not for some minutes after the clock was set."""

import math
import time
from collections.abc import Callable
from datetime import datetime

# Less is slewing, a slow answer, or a second's correction, and harms nobody.
JUMP_SECONDS = 60.0


class Calm:
    """Told of by the clock watch, asked by whoever lets something expire; safe in any thread."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.monotonic = monotonic
        self.ahead: float | None = None
        """How many seconds the clock was ahead of the monotonic one when it was last looked at."""
        self._from = -math.inf

    def broken_for(self, seconds: float) -> None:
        """Nothing may expire from now on for so many seconds."""
        self._from = self.monotonic() + seconds

    @property
    def holds(self) -> bool:
        """Whether what should have ended by the clock may be ended."""
        return self.monotonic() >= self._from

    def holds_at(self, now: datetime) -> bool:
        """The same in a transaction of this time: the clock may have been set since the look."""
        return self.holds and abs(self.jump_to(now)) < JUMP_SECONDS

    def jump_to(self, now: datetime) -> float:
        """By how many seconds the clock was set since it was last looked at, where it says this."""
        return 0.0 if self.ahead is None else self.ahead_at(now) - self.ahead

    def ahead_at(self, now: datetime) -> float:
        """How many seconds a clock that says this is ahead of the monotonic one."""
        return now.timestamp() - self.monotonic()
