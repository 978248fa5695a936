"""The writer's transactions: on a connection of its own, and no commit's fate is guessed.

at_end does what is left to be done in each, and returns what other processes are to hear of it.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, text

from dispatch_core.records.pieces import AWAY, Job, Outcome, do_all, do_each_apart
from dispatch_core.records.signals import CHANNEL
from dispatch_core.records.transaction import Transaction
from dispatch_core.records.trouble import reason

log = logging.getLogger(__name__)

Do = Callable[[Sequence[Job], Transaction], list[Outcome]]
Committed = tuple[list[Outcome], set[str]]
"""What came of each job, and the topics to signal."""


class InDoubt(Exception):
    """The database went away in the middle of a commit, so it must be asked what came of it."""

    def __init__(self, number: str, committed: Committed, reason: str) -> None:
        super().__init__(reason)
        self.number, self.committed = number, committed


class Commits:
    """Makes transactions of batches; to be used by one thread."""

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[Connection], datetime],
        at_end: Callable[[Transaction], str],
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._at_end = at_end
        self._connection: Connection | None = None

    def commit(self, batch: Sequence[Job]) -> Committed:
        """All in one transaction; where one fails, anew with each in its own savepoint.

        Raises what the database's own trouble is, or InDoubt.
        """
        try:
            return self._transact(batch, do_all)
        except (*AWAY, InDoubt):
            raise
        except Exception:  # noqa: BLE001 (whose it is, and that it hurts nobody else, comes next)
            return self._transact(batch, do_each_apart)

    def was_committed(self, doubt: InDoubt) -> bool:
        """Whether a commit whose answer was lost was done; raises InDoubt while it is under way.

        SQLite answers each commit itself, so there it was not.
        """
        if not doubt.number:
            return False
        with self._engine.connect() as connection:
            fate = connection.scalar(_FATE, {"number": doubt.number})
        if fate == "in progress":
            raise InDoubt(doubt.number, doubt.committed, "a commit is not over yet")
        log.info("a commit whose answer was lost was %s", fate)
        return bool(fate == "committed")

    def close(self) -> None:
        """Let go of the connection; the next transaction has a new one."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _transact(self, batch: Sequence[Job], do: Do) -> Committed:
        connection = self._connected()
        try:
            with connection.begin() as begun:
                transaction = Transaction(connection, self._clock(connection))
                outcomes = do(batch, transaction)
                number = _number_of(connection, self._at_end(transaction))
                try:
                    begun.commit()
                except AWAY as error:
                    done = (outcomes, transaction.topics)
                    raise InDoubt(number, done, reason(error)) from error
        except (*AWAY, InDoubt):
            self.close()
            raise
        return outcomes, transaction.topics

    def _connected(self) -> Connection:
        """The writer's own connection: taking one from the pool costs as much as a statement."""
        if self._connection is None:
            opened = self._engine.connect().execution_options(dispatch_writes=True)
            if opened.dialect.name == "postgresql":
                opened.exec_driver_sql(BY_KEY)
                opened.commit()
            self._connection = opened
        return self._connection


# The writer's statements find rows by their keys, or in the order of an index. PostgreSQL keeps a
# plan from when tables were small, which reads them whole, until an ANALYZE comes by: a minute or
# more of growing slowness. And where that found nothing queued, it would sort the whole queue for
# each claim.
BY_KEY = "".join(f"SET enable_{way} = off;" for way in ("seqscan", "hashjoin", "mergejoin", "sort"))
_NUMBER = text("SELECT pg_current_xact_id_if_assigned()::text")
_NUMBER_AND_NEWS = text("SELECT pg_current_xact_id_if_assigned()::text, pg_notify(:channel, :news)")
_FATE = text("SELECT pg_xact_status(CAST(:number AS xid8))")


def _number_of(connection: Connection, news: str) -> str:
    """The transaction's number on PostgreSQL, by which its fate can be asked for later.

    What changed no row has none and may be done again: to give it one would cost a wait for the
    disk at each look into an empty queue. In the same round trip the others are told the news,
    which they hear once it is committed.
    """
    if connection.dialect.name != "postgresql":
        return ""
    if not news:
        return connection.scalar(_NUMBER) or ""
    return connection.scalar(_NUMBER_AND_NEWS, {"channel": CHANNEL, "news": news}) or ""
