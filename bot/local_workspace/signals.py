"""Who is told that something changed: pages over SSE, and whoever waits inside this process."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.local_workspace.json_text import Json

WAITING_EVENTS = 500
"""A page that lags behind by more is told to load everything again."""


@dataclass(frozen=True)
class PageEvent:
    """One event for a page: its name and its data."""

    name: str
    data: Json


class Change:
    """Wakes everybody who waits for any change."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def notify(self) -> None:
        self._event.set()
        self._event = asyncio.Event()

    async def wait_until(self, predicate: Callable[[], object], timeout: float) -> None:  # noqa: ASYNC109
        """Return as soon as the predicate is true; TimeoutError after `timeout` seconds."""
        async with asyncio.timeout(timeout):
            while not predicate():
                await self._event.wait()


class PageEvents:
    """The open pages. Each looks through the eyes of one person."""

    def __init__(self) -> None:
        self.change = Change()
        self._pages: dict[asyncio.Queue[PageEvent | None], str] = {}

    def publish(self, name: str, data: Json, users: frozenset[str] | None = None) -> None:
        """Tell the pages of these people, or of everybody."""
        self.change.notify()
        for queue, user in self._pages.items():
            if users is None or user in users:
                self._put(queue, PageEvent(name, data))

    def end(self) -> None:
        """The workspace stops: every page's stream ends."""
        for queue in self._pages:
            queue.put_nowait(None)

    def _put(self, queue: asyncio.Queue[PageEvent | None], event: PageEvent) -> None:
        if queue.qsize() >= WAITING_EVENTS:
            while not queue.empty():
                queue.get_nowait()
            event = PageEvent("resync", {})
        queue.put_nowait(event)

    @contextmanager
    def subscribed(self, user: str) -> Iterator[asyncio.Queue[PageEvent | None]]:
        """A queue of what this person's page must be told; None is the end of it."""
        queue: asyncio.Queue[PageEvent | None] = asyncio.Queue()
        self._pages[queue] = user
        try:
            yield queue
        finally:
            del self._pages[queue]
