"""One piece of work for each key, however often and however close together the key comes."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

REMEMBERED = 10_000


class Once:
    """Remembers in memory what was done; what must outlive a restart is the core's to know."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._done: OrderedDict[str, None] = OrderedDict()
        self._running: dict[str, asyncio.Event] = {}
        self._expected: dict[str, asyncio.Event] = {}

    async def do(self, key: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work unless it was done; wait if it is being done, and take over if that fails."""
        while key in self._running:
            await self._running[key].wait()
        if key in self._done:
            return
        ended = self._running[key] = asyncio.Event()
        if key in self._expected:
            self._expected[key].set()
        try:
            await work()
            self._remember(key)
        finally:
            del self._running[key]
            ended.set()

    async def comes(self, key: str, seconds: float) -> bool:
        """Whether the key's work is done, under way, or begins within this time."""
        if key in self._done or key in self._running:
            return True
        expected = self._expected.setdefault(key, asyncio.Event())
        try:
            await asyncio.wait_for(expected.wait(), seconds)
        except TimeoutError:
            return False
        finally:
            self._expected.pop(key, None)
        return True

    def _remember(self, key: str) -> None:
        self._done[key] = None
        while len(self._done) > self._remembered:
            self._done.popitem(last=False)
