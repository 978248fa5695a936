"""The browser's thread: the companion is synchronous, the browser lives on a loop of its own.

Playwright's synchronous API belongs to one thread and can't be interrupted there. On a loop a step
is a task: a stop cancels it at once, other threads' steps go on beside it, and what a page does
between two steps is still looked at by its guard and by the gate.
"""

import asyncio
import concurrent.futures
import contextlib
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

POLL_SECONDS = 0.05
CLOSE_SECONDS = 20.0


class StoppedWork(Exception):
    """Somebody asked to end this before it was done."""


class Engine:
    """A loop in a thread, started when it is first needed; once closed it can be used again."""

    def __init__(self, close: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._close = close
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def run(
        self,
        work: Callable[[], Coroutine[Any, Any, T]],
        seconds: float,
        stop: threading.Event | None = None,
    ) -> T:
        """Do something on the loop; raises TimeoutError after seconds, StoppedWork on stop.

        Whatever the end, the work has ended when this returns: it was cancelled and has cleaned up.
        """
        loop, ended = self._running(), asyncio.Event()
        future = asyncio.run_coroutine_threadsafe(_bounded(work(), seconds, ended), loop)
        while stop is not None and not concurrent.futures.wait([future], POLL_SECONDS).done:
            if stop.is_set():
                loop.call_soon_threadsafe(ended.set)
                break
        return future.result()

    def close(self) -> None:
        """Close the browser and end the thread."""
        with self._lock:
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is None or thread is None:
            return
        closing = asyncio.run_coroutine_threadsafe(self._close(), loop)
        with contextlib.suppress(TimeoutError, concurrent.futures.CancelledError):
            closing.result(CLOSE_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(CLOSE_SECONDS)

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=_serve, args=(self._loop,), name="browser", daemon=True
                )
                self._thread.start()
            return self._loop


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


async def _bounded(work: Coroutine[Any, Any, T], seconds: float, ended: asyncio.Event) -> T:
    task, stopping = asyncio.ensure_future(work), asyncio.ensure_future(ended.wait())
    try:
        await asyncio.wait({task, stopping}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            return task.result()
    finally:
        stopping.cancel()
    raise StoppedWork if ended.is_set() else TimeoutError
