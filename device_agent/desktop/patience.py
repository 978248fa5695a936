"""Waits for what a display may never answer: X11 and D-Bus libraries wait for ever."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from device_agent.desktop.errors import DesktopSilent

Result = TypeVar("Result")
# What is stopped ends by itself between two keys; what hangs is left after this.
STOPPING_SECONDS = 3.0


@dataclass
class _End(Generic[Result]):
    """How work ended, once event is set."""

    event: threading.Event = field(default_factory=threading.Event)
    results: list[Result] = field(default_factory=list)
    error: BaseException | None = None

    def reach(self, work: Callable[[], Result]) -> None:
        try:
            self.results.append(work())
        except BaseException as error:  # noqa: BLE001 (raised again for who waits, in within)
            self.error = error
        finally:
            self.event.set()


def within(
    seconds: float, work: Callable[[], Result], stop: threading.Event | None = None
) -> Result:
    """What the work returns or raises; raises DesktopSilent where it takes longer.

    Work that hangs is left in its thread, which ends with the display that it waits for. A stop
    leaves it STOPPING_SECONDS.
    """
    end: _End[Result] = _End()
    threading.Thread(target=end.reach, args=(work,), daemon=True, name="desktop").start()
    deadline = time.monotonic() + seconds
    while not end.event.wait(min(0.2, max(0.0, deadline - time.monotonic()))):
        if stop is not None and stop.is_set():
            deadline, stop = min(deadline, time.monotonic() + STOPPING_SECONDS), None
        if time.monotonic() >= deadline:
            raise DesktopSilent(seconds=round(seconds))
    if end.error is not None:
        raise end.error
    return end.results[0]
