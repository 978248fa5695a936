"""Waits for what another process or thread brings about, on a machine that may be very busy."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

PATIENCE = 120.0
"""Seconds. No test takes as long: it bounds a failure on a machine with twenty times its work."""


def eventually(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Poll an observable state of another process or thread until it holds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} seconds")


async def until(condition: Callable[[], Awaitable[Any]], seconds: float = PATIENCE) -> Any:
    """The same for what is asked of this process's own loop."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := await condition():
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"not within {seconds} seconds")


def slowness(seconds: float = 0.2) -> float:
    """How many times longer than alone on its core a piece of work takes here now."""
    began, worked = time.monotonic(), time.thread_time()
    while time.thread_time() - worked < seconds:
        pass
    return (time.monotonic() - began) / seconds
