"""How the two databases are connected to: SQLite (WAL, full durability) and PostgreSQL."""

from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url

READERS = 4
# On PostgreSQL; SQLite has one.
WRITERS = 2
BUSY_SECONDS = 5

# A host that swallows packets is given up after this many seconds, at the start as well as later.
CONNECT_SECONDS = 5
# A connection that died without a word is noticed after 5 + 3 * 2 s, and an unanswered write in 10.
KEEPALIVE = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "application_name": "dispatch",
}
# In milliseconds. A process that is suspended in the middle of a transaction holds its rows for
# the idle time at most: it is well below a lease, so that nobody else's lease runs out meanwhile.
SESSION = {
    "default_transaction_isolation": "read committed",
    "idle_in_transaction_session_timeout": "5000",
    "lock_timeout": "10000",
    "statement_timeout": "30000",
}


def open_engine(url: str) -> Engine:
    """An engine for an SQLAlchemy URL; connects to nothing yet."""
    if not url.startswith("sqlite"):
        return _open_server(url)
    engine = create_engine(
        url,
        pool_size=READERS + 1,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def server_arguments(url: URL) -> dict[str, Any]:
    """What libpq is told beside the URL; what the URL says itself is left as it says it."""
    return {name: value for name, value in KEEPALIVE.items() if name not in url.query}


def _open_server(url: str) -> Engine:
    made = make_url(url)
    # A stale connection is met with a retry: to ask before each use would cost a round trip.
    arguments = server_arguments(made)
    engine = create_engine(url, pool_size=READERS + WRITERS, connect_args=arguments)
    said = str(made.query.get("options", ""))
    unsaid = {name: value for name, value in SESSION.items() if name not in said}

    def prepare(connection: Any, _record: object) -> None:
        # Said to the session and not at its start, which a pooler in between may not let through.
        for name, value in unsaid.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        connection.commit()

    event.listen(engine, "connect", prepare)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own BEGIN comes too late for savepoints, so it is turned off (isolation_level).
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("dispatch_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
