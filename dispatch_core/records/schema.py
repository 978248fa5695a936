"""Brings a database's schema up to date, or says that it is not."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError

from dispatch_core.errors import SchemaMismatch
from dispatch_core.records.trouble import not_opened

# Any number will do that nobody else in this database locks: "dispatch" in ASCII.
UPGRADE_LOCK = 0x6469737061746368
TABLE_WAIT_MS = 10_000
MIGRATIONS = Path(__file__).parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def newest() -> str:
    """The revision that this version of Dispatch needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return head or "none"


def found(engine: Engine) -> str:
    """The revision that a database is at; "none" where it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or "none"


def upgrade(engine: Engine) -> None:
    """Bring the schema up to date; raises SchemaMismatch where it is of a later version."""
    _refuse_later(engine)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            _be_the_only_one(connection)
        command.upgrade(_config(connection), "head")
        connection.commit()


def _be_the_only_one(connection: Connection) -> None:
    """Wait for another who upgrades, until the transaction's end: then there is nothing to do."""
    # A migration may take its time; only a table that is in use is not waited for for ever.
    for name in ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout"):
        connection.exec_driver_sql(f"SET LOCAL {name} = 0")
    connection.execute(select(func.pg_advisory_xact_lock(UPGRADE_LOCK)))
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {TABLE_WAIT_MS}")


def check(engine: Engine) -> None:
    """Raises SchemaMismatch where the schema is not the one that this version needs."""
    _refuse_later(engine)
    if found(engine) != newest():
        raise SchemaMismatch(found=found(engine), needed=newest(), mend="run `dispatch db upgrade`")


def check_unless_empty(engine: Engine) -> None:
    """The same, but an empty database is fine: the first start fills it."""
    if found(engine) != "none":
        check(engine)


def _refuse_later(engine: Engine) -> None:
    revision = found(engine)
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision != "none" and revision not in known:
        mend = "install the version of Dispatch that made it, or a later one"
        raise SchemaMismatch(found=revision, needed=newest(), mend=mend)


def explained(bring: Callable[[Engine], None], engine: Engine) -> None:
    """Do something with a schema; a database that can't be reached is one sentence."""
    try:
        bring(engine)
    except DBAPIError as error:
        raise not_opened(error, engine) from None
