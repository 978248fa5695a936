"""Counts seconds for what is promised in seconds, and none in which the machine stood still.

A promise is about what the product does, not about how often a loaded machine lets it. So a thread
beside it counts, which sleeps a moment and writes to the disk for each of its ticks: while it gets
no turn nobody else does, and that time is told apart.
"""

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

TICK_SECONDS = 0.02
# A tick may be so late before the machine counts as stalled.
LATE_SECONDS = 0.1


class Stopwatch:
    """`seconds` is what counts; `stalled` is what came on top of it by the clock on the wall."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.stalled = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._count, name="stopwatch", daemon=True)

    def start(self) -> None:
        """Count from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Count no more."""
        self._over.set()
        self._thread.join()

    def _count(self) -> None:
        before = time.monotonic()
        with tempfile.TemporaryFile() as file:
            while not self._over.wait(TICK_SECONDS):
                file.write(b"\0")
                file.flush()
                os.fsync(file.fileno())
                now = time.monotonic()
                self._add(now - before)
                before = now
        self._add(time.monotonic() - before)

    def _add(self, took: float) -> None:
        self.seconds += min(took, LATE_SECONDS)
        self.stalled += max(0.0, took - LATE_SECONDS)


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """One that counts until the end of the block."""
    watch = Stopwatch()
    watch.start()
    try:
        yield watch
    finally:
        watch.stop()
