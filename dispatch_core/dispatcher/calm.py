"""Whether time may be judged by now: not for some minutes after the clock was set."""

import math
import time
from collections.abc import Callable


class Calm:
    """Told of by the clock watch, asked by whoever lets something expire; safe in any thread."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.monotonic = monotonic
        self._from = -math.inf

    def broken_for(self, seconds: float) -> None:
        """Nothing may expire from now on for so many seconds."""
        self._from = self.monotonic() + seconds

    @property
    def holds(self) -> bool:
        """Whether what should have ended by the clock may be ended."""
        return self.monotonic() >= self._from
