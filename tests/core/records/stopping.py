"""Stops one process in the middle of a transaction while another goes on, and lets it go again."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import event, text

from tests.core.engine import Engine

T = TypeVar("T")

# The statement by which a batch ends, once all its pieces are done and before its commit.
LAST = "SELECT pg_current_xact_id_if_assigned()"
PATIENCE = 60.0
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")


async def until(holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Return once it holds; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)


class Stop:
    """A place in a process's next transaction where it stops."""

    def __init__(self, statement: str) -> None:
        self._statement = statement
        self._reached = threading.Event()
        self._free = threading.Event()

    def __call__(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        """Called by the writer's thread before each statement; stops at the first that fits."""
        if statement.startswith(self._statement) and not self._reached.is_set():
            self._reached.set()
            assert self._free.wait(PATIENCE)

    async def reached(self) -> None:
        """Return once the process stands there."""
        await until(self._reached.is_set)

    def go(self) -> None:
        """Let it go on."""
        self._free.set()


@asynccontextmanager
async def stopped(
    engine: Engine, work: Coroutine[Any, Any, T], before: str = LAST
) -> AsyncIterator[tuple[Stop, "asyncio.Task[T]"]]:
    """Start this process's work and stop it before a statement, by its first words."""
    stop = Stop(before)
    event.listen(engine.store.engine, "before_cursor_execute", stop)
    task = asyncio.create_task(work)
    try:
        await stop.reached()
        yield stop, task
    finally:
        stop.go()
        event.remove(engine.store.engine, "before_cursor_execute", stop)


async def until_done_or_blocked(task: "asyncio.Task[Any]", engine: Engine) -> None:
    """Return once the task is over, or waits in the database for somebody's rows."""

    def holds() -> bool:
        return task.done() or bool(engine.store.read_now(lambda tx: tx.connection.scalar(_WAITING)))

    await until(holds)


async def both_at_once(
    one: Engine, first: Coroutine[Any, Any, T], second: Coroutine[Any, Any, T]
) -> list[T | BaseException]:
    """What comes of two verbs: the first is all but committed when the second begins."""
    async with stopped(one, first) as (stop, doing):
        following = asyncio.create_task(second)
        await until_done_or_blocked(following, one)
        stop.go()
        return await asyncio.gather(doing, following, return_exceptions=True)
