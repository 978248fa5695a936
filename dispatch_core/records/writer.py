"""One writer for each process, with group commit.

Work that waits at the same time shares one transaction. Where a piece of it fails, the batch is
done anew with each piece in its own savepoint, so that it hurts only itself. An fsync for each move
would be the limit of the whole engine; shared by many, full durability costs little.
"""

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from dispatch_core.errors import StoreUnavailable
from dispatch_core.records.pieces import (
    AWAY,
    Job,
    Outcome,
    Piece,
    Together,
    do_all,
    do_each_apart,
)
from dispatch_core.records.transaction import Transaction

log = logging.getLogger(__name__)

T = TypeVar("T")
A = TypeVar("A")
Do = Callable[[list[Job], Transaction], list[Outcome]]

# Beyond this many pieces a commit's cost no longer shows in a piece's share.
MOST_PIECES = 256
# How often, and after how many seconds, a batch that lost its database is tried again.
RETRY_AFTER = (0.05, 0.2, 0.5, 1.0)


_Committed = tuple[list[Outcome], set[str]]


class _InDoubt(Exception):
    """The database went away in the middle of a commit, so it must be asked what came of it."""

    def __init__(self, number: str, committed: _Committed, reason: str) -> None:
        super().__init__(reason)
        self.number, self.committed, self.reason = number, committed, reason


class Writer:
    """Runs pieces in the order given; each is committed before its caller goes on.

    noted is told of each committed batch: how many pieces it had, and its seconds.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[Connection], datetime],
        fire: Callable[[set[str]], None],
        at_end: Callable[[Transaction], None],
        noted: Callable[[int, float], None] = lambda _pieces, _seconds: None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._fire = fire
        self._at_end = at_end
        self._noted = noted
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connection: Connection | None = None
        self.trouble = ""
        """Why the last batch was not taken; empty once one is."""

    def start(self) -> None:
        """Start the writer's thread; call it on the loop."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._work, name="dispatch-writer", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Finish what waits, then end the thread."""
        if self._thread is not None:
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    def write(self, piece: Piece[T]) -> "asyncio.Future[T]":
        """Run a piece in a transaction, after all that was given before it; await its commit.

        The piece may run again where its transaction failed, so it has no effect but on rows.
        Raises what the piece raises (its rows are undone), or StoreUnavailable.
        """
        return self._give(Job(self._future(), piece))

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
        while (first := self._jobs.get()) is not None:
            batch, last = self._batch(first)
            self._answer(*self._persist(batch))
            if last:
                break
        self._disconnect()

    def _batch(self, first: Job) -> tuple[list[Job], bool]:
        batch = [first]
        while len(batch) < MOST_PIECES:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return batch, False
            if job is None:
                return batch, True
            batch.append(job)
        return batch, False

    def _persist(self, batch: list[Job]) -> _Committed:
        doubt: _InDoubt | None = None
        for wait in (0.0, *RETRY_AFTER):
            threading.Event().wait(wait)
            begun = time.perf_counter()
            try:
                if doubt is not None and self._was_committed(doubt):
                    committed = doubt.committed
                else:
                    doubt = None
                    committed = self._commit(batch)
            except _InDoubt as lost:
                doubt = lost
                self._note_trouble(batch, lost.reason)
            except Exception as error:  # noqa: BLE001 (whatever it is, the writer must outlive it)
                self._note_trouble(batch, _reason(error))
            else:
                self.trouble = ""
                self._noted(len(batch), time.perf_counter() - begun)
                return committed
        return [Outcome(job, error=StoreUnavailable(why=self.trouble)) for job in batch], set()

    def _note_trouble(self, batch: list[Job], reason: str) -> None:
        self.trouble = reason
        log.warning("the database did not take a batch of %d: %s", len(batch), reason)

    def _commit(self, batch: list[Job]) -> _Committed:
        """All pieces in one transaction; where one fails, anew with each in its own savepoint."""
        try:
            return self._transact(batch, do_all)
        except (*AWAY, _InDoubt):
            raise
        except Exception:  # noqa: BLE001 (whose it is, and that it hurts nobody else, comes next)
            return self._transact(batch, do_each_apart)

    def _transact(self, batch: list[Job], do: Do) -> _Committed:
        connection = self._connected()
        try:
            with connection.begin() as begun:
                transaction = Transaction(connection, self._clock(connection))
                outcomes = do(batch, transaction)
                self._at_end(transaction)
                number = _number_of(connection)
                try:
                    begun.commit()
                except AWAY as error:
                    done = (outcomes, transaction.topics)
                    raise _InDoubt(number, done, _reason(error)) from error
        except (*AWAY, _InDoubt):
            self._disconnect()
            raise
        return outcomes, transaction.topics

    def _connected(self) -> Connection:
        """The writer's own connection: taking one from the pool costs as much as a statement."""
        if self._connection is None:
            opened = self._engine.connect().execution_options(dispatch_writes=True)
            if opened.dialect.name == "postgresql":
                opened.exec_driver_sql(_BY_KEY)
                opened.commit()
            self._connection = opened
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _was_committed(self, doubt: _InDoubt) -> bool:
        """Whether a commit whose answer was lost was done; SQLite answers, so there it was not."""
        if not doubt.number:
            return False
        with self._engine.connect() as connection:
            fate = connection.scalar(_FATE, {"number": doubt.number})
        if fate == "in progress":
            raise _InDoubt(doubt.number, doubt.committed, "a commit is not over yet")
        log.info("a commit whose answer was lost was %s", fate)
        return bool(fate == "committed")

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


_NUMBER = text("SELECT pg_current_xact_id()::text")
# Its statements find rows by their keys. PostgreSQL keeps a plan from when tables were small, which
# reads them whole, for as long as no ANALYZE comes by: a minute or more of growing slowness.
_BY_KEY = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off"
_FATE = text("SELECT pg_xact_status(CAST(:number AS xid8))")


def _number_of(connection: Connection) -> str:
    """The transaction's number on PostgreSQL, by which its fate can be asked for later."""
    if connection.dialect.name != "postgresql":
        return ""
    return str(connection.scalar(_NUMBER))


def _reason(error: Exception) -> str:
    told = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return (str(told).strip() or type(told).__name__).splitlines()[0]
