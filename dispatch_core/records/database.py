"""Opens the database: SQLite (WAL, full durability) or PostgreSQL, and hands out transactions."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import DBAPIError

from dispatch_core.records import audit
from dispatch_core.records.engines import READERS, open_engine, server_arguments
from dispatch_core.records.outbox import flush_touched
from dispatch_core.records.pieces import Piece, Together
from dispatch_core.records.signals import Signals
from dispatch_core.records.transaction import Transaction
from dispatch_core.records.trouble import reason, unavailable
from dispatch_core.records.writer import Writer

if TYPE_CHECKING:
    from dispatch_core.records.listening import Listener

T = TypeVar("T")
A = TypeVar("A")
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


class Store:
    """The database of this process: its writers, a few readers, and the signals of what changed."""

    def __init__(
        self,
        url: str,
        clock: Clock | None = None,
        noted: Callable[[int, float], None] = lambda _pieces, _seconds: None,
    ) -> None:
        self.url = url
        self.engine = open_engine(url)
        # SQLite reads of one moment anyway; PostgreSQL has to be asked to.
        coherent = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        is_sqlite = self.engine.dialect.name == "sqlite"
        self._reading = self.engine if is_sqlite else self.engine.execution_options(**coherent)
        self.signals = Signals()
        self._clock = clock
        self.listener = None if is_sqlite else self._make_listener()
        self._writer = self._make_writer(noted)
        # What is taken up is committed already, so it need not stand in line with what comes in.
        # SQLite lets one write at a time anyway.
        self._taker = self._writer if is_sqlite else self._make_writer(noted)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="dispatch-reader")

    @property
    def sqlite_file(self) -> Path | None:
        """The embedded database's file; None for PostgreSQL or a database in memory."""
        url = make_url(self.url)
        return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None

    def start(self) -> None:
        """Take writes from now on; call it on the loop, after the schema is up to date."""
        for writer in self._writers():
            writer.start()
        if self.listener is not None:
            self.listener.start()

    async def stop(self) -> None:
        """Finish what was taken and close every connection."""
        if self.listener is not None:
            await self.listener.stop()
        await asyncio.gather(*(writer.stop() for writer in self._writers()))
        # A read that a dead network holds ends by its own time-out; nobody waits for it here.
        self._readers.shutdown(wait=False, cancel_futures=True)
        self.engine.dispose()

    def write(self, piece: Piece[T]) -> "asyncio.Future[T]":
        """Run a piece in a transaction, after all that was given before; await its commit."""
        return self._writer.write(piece)

    def write_ahead(self, piece: Piece[T]) -> "asyncio.Future[T]":
        """The same, but before all that waits, or beside it where the database can.

        For who takes up what is committed already.
        """
        return self._taker.write_ahead(piece)

    def write_together(
        self, together: Together[A, T], argument: A, about: str
    ) -> "asyncio.Future[T]":
        """The same for one of many of its kind, which share their statements (see Writer)."""
        return self._writer.write_together(together, argument, about)

    async def read(self, look: Piece[T]) -> T:
        """Run a piece that only reads, on what is committed; raises StoreUnavailable."""
        loop = asyncio.get_running_loop()
        for again in (True, False):
            try:
                return await loop.run_in_executor(self._readers, self.read_now, look)
            except DBAPIError as error:
                # A connection from before a restart of the database: the next one is new.
                if not (again and error.connection_invalidated):
                    raise unavailable(reason(error)) from error
        raise AssertionError("unreachable")

    async def ping(self) -> None:
        """Returns where the database answers and takes writes; raises StoreUnavailable."""
        for writer in self._writers():
            if writer.trouble:
                raise unavailable(writer.trouble)
        await self.read(lambda tx: tx.connection.execute(text("SELECT 1")).one())

    def read_now(self, look: Piece[T]) -> T:
        """The same, in the calling thread; all that it reads is of one moment."""
        with self._reading.connect() as connection, connection.begin():
            return look(Transaction(connection, self._time(connection)))

    def _make_writer(self, noted: Callable[[int, float], None]) -> Writer:
        return Writer(self.engine, self._time, self.signals.fire, self._at_end, noted)

    def _writers(self) -> set[Writer]:
        return {self._taker, self._writer}

    def _at_end(self, transaction: Transaction) -> str:
        flush_touched(transaction)
        # Last of all rows: its head is locked by all, so nothing may be waited for beyond it.
        audit.append(transaction)
        return self.listener.news(transaction) if self.listener is not None else ""

    def _make_listener(self) -> "Listener":
        from dispatch_core.records.listening import Listener  # noqa: PLC0415 (needs psycopg)

        url = self.engine.url
        _, told = self.engine.dialect.create_connect_args(url)
        return Listener({**told, **server_arguments(url)}, self.signals)

    def _time(self, connection: Connection) -> datetime:
        # Leases and expiries are judged by one clock: the database's, where machines are many.
        if self._clock is not None:
            return self._clock()
        if connection.dialect.name == "sqlite":
            return utc_now()
        now: datetime = connection.execute(text("SELECT statement_timestamp()")).scalar_one()
        return now.astimezone(UTC)
