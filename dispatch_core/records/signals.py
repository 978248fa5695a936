"""Wakes the tasks of this process that wait for something to change."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

# Where PostgreSQL carries the signals of one process to all others.
CHANNEL = "dispatch"


class Signals:
    """Topics and who listens; lives on one event loop."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def fire(self, topics: Iterable[str]) -> None:
        """Wake every listener of these topics; call it on the loop."""
        for topic in topics:
            for event in self._listeners.get(topic, ()):
                event.set()

    def fire_all(self) -> None:
        """Wake every listener, where it is not known what changed; call it on the loop."""
        self.fire(list(self._listeners))

    @contextmanager
    def listen(self, *topics: str) -> Iterator["Ear"]:
        """Listen before looking, so that nothing falls between a look and a wait."""
        event = asyncio.Event()
        for topic in topics:
            self._listeners[topic].add(event)
        try:
            yield Ear(event)
        finally:
            for topic in topics:
                self._forget(topic, event)

    def _forget(self, topic: str, event: asyncio.Event) -> None:
        self._listeners[topic].discard(event)
        if not self._listeners[topic]:
            del self._listeners[topic]


class Ear:
    """One listener's side of the topics that it listens to."""

    def __init__(self, event: asyncio.Event) -> None:
        self._event = event

    def wake(self) -> None:
        """End the wait at once, for a reason that no topic tells."""
        self._event.set()

    async def wait(self, timeout: float) -> bool:  # noqa: ASYNC109 (a poll, not a deadline)
        """Whether something was signalled since the last wait, after timeout seconds at most."""
        try:
            async with asyncio.timeout(timeout):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True
