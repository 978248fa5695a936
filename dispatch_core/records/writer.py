"""One writer for each process, with group commit.

Work that waits at the same time shares one transaction. Where a piece of it fails, the batch is
done anew with each piece in its own savepoint, so that it hurts only itself. An fsync for each move
would be the limit of the whole engine; shared by many, full durability costs little.
"""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError

from dispatch_core.errors import StoreUnavailable
from dispatch_core.records.transaction import Transaction

log = logging.getLogger(__name__)

T = TypeVar("T")
Piece = Callable[[Transaction], T]

# Beyond this many pieces a commit's cost no longer shows in a piece's share.
MOST_PIECES = 256
# How often, and after how many seconds, a batch that lost its database is tried again.
RETRY_AFTER = (0.05, 0.2, 0.5, 1.0)


@dataclass(slots=True)
class _Job:
    piece: Piece[Any]
    done: asyncio.Future[Any]


@dataclass(slots=True)
class _Outcome:
    job: _Job
    value: Any = None
    error: BaseException | None = None


class Writer:
    """Runs pieces in the order given; each is committed before its caller goes on."""

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[Connection], datetime],
        fire: Callable[[set[str]], None],
        at_end: Callable[[Transaction], None],
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._fire = fire
        self._at_end = at_end
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
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
        if self._loop is None or self._thread is None:
            raise StoreUnavailable(why="it is not open")
        job = _Job(piece, self._loop.create_future())
        self._jobs.put(job)
        return job.done

    def _work(self) -> None:
        while (first := self._jobs.get()) is not None:
            batch, last = self._batch(first)
            self._answer(*self._persist(batch))
            if last:
                return

    def _batch(self, first: _Job) -> tuple[list[_Job], bool]:
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

    def _persist(self, batch: list[_Job]) -> tuple[list[_Outcome], set[str]]:
        for wait in (0.0, *RETRY_AFTER):
            threading.Event().wait(wait)
            try:
                committed = self._commit(batch)
            except Exception as error:  # noqa: BLE001 (whatever it is, the writer must outlive it)
                self.trouble = _reason(error)
                log.warning("the database did not take a batch of %d: %s", len(batch), self.trouble)
            else:
                self.trouble = ""
                return committed
        return [_Outcome(job, error=StoreUnavailable(why=self.trouble)) for job in batch], set()

    def _commit(self, batch: list[_Job]) -> tuple[list[_Outcome], set[str]]:
        """All pieces in one transaction; where one fails, anew with each in its own savepoint."""
        try:
            return self._transact(batch, _do)
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # noqa: BLE001 (whose it is, and that it hurts nobody else, comes next)
            return self._transact(batch, _do_apart)

    def _transact(
        self, batch: list[_Job], do: Callable[[_Job, Transaction], _Outcome]
    ) -> tuple[list[_Outcome], set[str]]:
        with self._engine.connect().execution_options(dispatch_writes=True) as connection:
            with connection.begin():
                transaction = Transaction(connection, self._clock(connection))
                outcomes = [do(job, transaction) for job in batch]
                self._at_end(transaction)
            return outcomes, transaction.topics

    def _answer(self, outcomes: list[_Outcome], topics: set[str]) -> None:
        if self._loop is None or self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._resolve, outcomes, topics)

    def _resolve(self, outcomes: list[_Outcome], topics: set[str]) -> None:
        for outcome in outcomes:
            if outcome.job.done.done():
                continue
            if outcome.error is not None:
                outcome.job.done.set_exception(outcome.error)
            else:
                outcome.job.done.set_result(outcome.value)
        self._fire(topics)


def _do(job: _Job, transaction: Transaction) -> _Outcome:
    return _Outcome(job, job.piece(transaction))


def _do_apart(job: _Job, transaction: Transaction) -> _Outcome:
    """The same in a savepoint; a piece that broke a constraint looks at the rows once more."""
    for again in (True, False):
        topics, touched = set(transaction.topics), set(transaction.touched)
        transaction.connection.exec_driver_sql("SAVEPOINT piece")
        try:
            outcome = _do(job, transaction)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001 (it is its caller's, and hurts only itself)
            transaction.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT piece")
            transaction.topics, transaction.touched = topics, touched
            if not (again and isinstance(error, IntegrityError)):
                return _Outcome(job, error=error)
        else:
            transaction.connection.exec_driver_sql("RELEASE SAVEPOINT piece")
            return outcome
    raise AssertionError("unreachable")


def _reason(error: Exception) -> str:
    told = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return (str(told).strip() or type(told).__name__).splitlines()[0]
