"""Brings a database's schema up to date, or says that it is not."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from dispatch_core.errors import SchemaMismatch, StoreUnavailable

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
        command.upgrade(_config(connection), "head")
        connection.commit()


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
        why = str(error.orig or error).strip().splitlines()[0]
        raise StoreUnavailable(why=why) from None
