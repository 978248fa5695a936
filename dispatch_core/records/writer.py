"""A writer: one thread with one connection, and group commit.

Work that waits at the same time shares one transaction. Where a piece of it fails, the batch is
done anew with each piece in its own savepoint, so that it hurts only itself. An fsync for each move
would be the limit of the whole engine; shared by many, full durability costs little.
"""

import asyncio
import logging
import math
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from dispatch_core.errors import StoreUnavailable
from dispatch_core.records.commits import Commits, Committed, InDoubt
from dispatch_core.records.pieces import Job, Outcome, Piece, Together
from dispatch_core.records.transaction import Transaction
from dispatch_core.records.trouble import reason, unavailable

log = logging.getLogger(__name__)

T = TypeVar("T")
A = TypeVar("A")

THREAD = "dispatch-writer"
# Beyond this many pieces a commit's cost no longer shows in a piece's share.
MOST_PIECES = 256
# How often, and after how many seconds, a batch that lost its database is tried again.
RETRY_AFTER = (0.05, 0.2, 0.5, 1.0)
# No attempt begins later than this after the first has failed: each of a host that answers nothing
# takes seconds by itself. How long the first took does not count: a process that was suspended in
# the middle of it has had none of that time.
MOST_SECONDS = 6.0
# How long a stop waits for what is being written, in seconds.
STOP_SECONDS = 6.0


class Writer:
    """Runs pieces in the order given; each is committed before its caller goes on.

    noted is told of each committed batch: how many pieces it had, and its seconds.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[Connection], datetime],
        fire: Callable[[set[str]], None],
        at_end: Callable[[Transaction], str],
        noted: Callable[[int, float], None] = lambda _pieces, _seconds: None,
    ) -> None:
        self._commits = Commits(engine, clock, at_end)
        self._fire = fire
        self._noted = noted
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._ahead: deque[Job] = deque()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False
        self._done = False
        self.trouble = ""
        """Why the last batch was not taken; empty once one is."""

    def start(self) -> None:
        """Start the writer's thread; call it on the loop."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._work, name=THREAD, daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Finish what waits, then end the thread."""
        if self._thread is not None:
            self._stopping = True
            self._jobs.put(None)
            # What a dead network holds is left to the thread, which ends with the process.
            await asyncio.to_thread(self._thread.join, STOP_SECONDS)
            self._thread = None

    def write(self, piece: Piece[T]) -> "asyncio.Future[T]":
        """Run a piece in a transaction, after all that was given before it; await its commit.

        The piece may run again where its transaction failed, so it has no effect but on rows.
        Raises what the piece raises (its rows are undone), or StoreUnavailable.
        """
        return self._give(Job(self._future(), piece))

    def write_ahead(self, piece: Piece[T]) -> "asyncio.Future[T]":
        """The same, but before all that waits: for who only takes up what is committed already.

        A look for work would else stand behind all that has just come in, with nothing to do.
        """
        job = Job(self._future(), piece, is_ahead=True)
        self._ahead.append(job)
        return self._give(job)

    def write_together(
        self, together: Together[A, T], argument: A, about: str
    ) -> "asyncio.Future[T]":
        """The same for one of many of its kind, which are done in as few statements as one.

        It may pass others of other kinds, but none that is about the same, and no piece.
        """
        return self._give(Job(self._future(), None, together, argument, about))

    def _future(self) -> "asyncio.Future[Any]":
        if self._loop is None or self._thread is None:
            raise StoreUnavailable(why="it is not open")
        return self._loop.create_future()

    def _give(self, job: Job) -> "asyncio.Future[Any]":
        self._jobs.put(job)
        return job.done

    def _work(self) -> None:
        while not self._done:
            if batch := self._batch():
                self._answer(*self._persist(batch))
        self._commits.close()

    def _batch(self) -> list[Job]:
        """What waits, or else comes next; what is to go ahead of it comes first."""
        # One that goes ahead is in the queue, too, but only to wake this thread.
        waiting = [job for job in islice(self._waiting(), MOST_PIECES) if not job.is_ahead]
        return [*(self._ahead.popleft() for _ in range(len(self._ahead))), *waiting]

    def _waiting(self) -> Iterator[Job]:
        job = self._jobs.get()
        while job is not None:
            yield job
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
        self._done = True

    def _persist(self, batch: list[Job]) -> Committed:
        """Commit a batch, in a few attempts; where all fail, each job's answer says why."""
        doubt: InDoubt | None = None
        last_begin = math.inf
        for wait in (0.0, *RETRY_AFTER):
            if wait and (self._stopping or time.monotonic() > last_begin):
                break
            threading.Event().wait(wait)
            try:
                return self._attempt(batch, doubt)
            except InDoubt as lost:
                doubt = lost
                self._note_trouble(batch, lost)
            except Exception as error:  # noqa: BLE001 (whatever it is, the writer must outlive it)
                self._note_trouble(batch, error)
            last_begin = min(last_begin, time.monotonic() + MOST_SECONDS)
        return [Outcome(job, error=unavailable(self.trouble)) for job in batch], set()

    def _attempt(self, batch: list[Job], doubt: InDoubt | None) -> Committed:
        begun = time.perf_counter()
        if doubt is not None and self._commits.was_committed(doubt):
            committed = doubt.committed
        else:
            committed = self._commits.commit(batch)
        self.trouble = ""
        self._noted(len(batch), time.perf_counter() - begun)
        return committed

    def _note_trouble(self, batch: list[Job], error: Exception) -> None:
        self.trouble = reason(error)
        log.warning("the database did not take a batch of %d: %s", len(batch), self.trouble)

    def _answer(self, outcomes: list[Outcome], topics: set[str]) -> None:
        if self._loop is None or self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._resolve, outcomes, topics)

    def _resolve(self, outcomes: list[Outcome], topics: set[str]) -> None:
        for outcome in outcomes:
            if outcome.job.done.done():
                continue
            if outcome.error is not None:
                outcome.job.done.set_exception(outcome.error)
            else:
                outcome.job.done.set_result(outcome.value)
        self._fire(topics)
