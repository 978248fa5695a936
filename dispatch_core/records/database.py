"""Opens the database: SQLite (WAL, full durability) or PostgreSQL, and hands out transactions."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError

from dispatch_core.errors import StoreUnavailable
from dispatch_core.records.outbox import flush_touched
from dispatch_core.records.pieces import Piece, Together
from dispatch_core.records.signals import Signals
from dispatch_core.records.transaction import Transaction
from dispatch_core.records.writer import Writer

T = TypeVar("T")
A = TypeVar("A")
Clock = Callable[[], datetime]

READERS = 4
BUSY_SECONDS = 5


def utc_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


def open_engine(url: str) -> Engine:
    """An engine for an SQLAlchemy URL; connects to nothing yet."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=READERS + 1)
    engine = create_engine(
        url,
        pool_size=READERS + 1,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own BEGIN comes too late for savepoints, so it is turned off (isolation_level).
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("dispatch_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Store:
    """The database of this process: one writer, a few readers, and the signals of what changed."""

    def __init__(
        self,
        url: str,
        clock: Clock | None = None,
        noted: Callable[[int, float], None] = lambda _pieces, _seconds: None,
    ) -> None:
        self.url = url
        self.engine = open_engine(url)
        self.signals = Signals()
        self._clock = clock
        self._writer = Writer(self.engine, self._time, self.signals.fire, flush_touched, noted)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="dispatch-reader")

    @property
    def sqlite_file(self) -> Path | None:
        """The embedded database's file; None for PostgreSQL or a database in memory."""
        url = make_url(self.url)
        return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None

    def start(self) -> None:
        """Take writes from now on; call it on the loop, after the schema is up to date."""
        self._writer.start()

    async def stop(self) -> None:
        """Finish what was taken and close every connection."""
        await self._writer.stop()
        self._readers.shutdown()
        self.engine.dispose()

    def write(self, piece: Piece[T]) -> "asyncio.Future[T]":
        """Run a piece in a transaction, after all that was given before; await its commit."""
        return self._writer.write(piece)

    def write_together(
        self, together: Together[A, T], argument: A, about: str
    ) -> "asyncio.Future[T]":
        """The same for one of many of its kind, which share their statements (see Writer)."""
        return self._writer.write_together(together, argument, about)

    async def read(self, look: Piece[T]) -> T:
        """Run a piece that only reads, on what is committed."""
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._readers, self.read_now, look)
        except DBAPIError as error:
            raise StoreUnavailable(why=str(error.orig or error).splitlines()[0]) from error

    async def ping(self) -> None:
        """Returns where the database answers and takes writes; raises StoreUnavailable."""
        if self._writer.trouble:
            raise StoreUnavailable(why=self._writer.trouble)
        await self.read(lambda tx: tx.connection.execute(text("SELECT 1")).one())

    def read_now(self, look: Piece[T]) -> T:
        """The same, in the calling thread."""
        with self.engine.connect() as connection, connection.begin():
            return look(Transaction(connection, self._time(connection)))

    def _time(self, connection: Connection) -> datetime:
        # Leases and expiries are judged by one clock: the database's, where machines are many.
        if self._clock is not None:
            return self._clock()
        if connection.dialect.name == "sqlite":
            return utc_now()
        now: datetime = connection.execute(text("SELECT statement_timestamp()")).scalar_one()
        return now.astimezone(UTC)
