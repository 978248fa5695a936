"""Says in a sentence why a database does not do what it should."""

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from dispatch_core.errors import StoreDamaged, StoreNotOpened, StoreUnavailable

# SQLite's own words for a file that no trying again will mend.
_DAMAGED = ("file is not a database", "malformed")


def reason(error: Exception) -> str:
    """What the database said, in one line and without the statement that met it."""
    told = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return (str(told).strip() or type(told).__name__).splitlines()[0]


def unavailable(why: str) -> StoreUnavailable:
    """What a caller is told whose work the database did not take, for this reason of its own."""
    return StoreDamaged(why=why) if _is_damaged(why) else StoreUnavailable(why=why)


def not_opened(error: Exception, engine: Engine) -> StoreNotOpened:
    """What whoever starts a process is told, and how to mend it."""
    why, url = reason(error), engine.url
    if url.get_backend_name() != "sqlite":
        mend = "see that it runs and lets Dispatch in, then start again"
        return StoreNotOpened(where=url.render_as_string(), why=why, mend=mend)
    mend = "see that it is a file which this user may read and write"
    if _is_damaged(why):
        mend = "it is damaged or no database: restore it from a backup (docs/operations.md)"
    return StoreNotOpened(where=url.database, why=why, mend=mend)


def _is_damaged(why: str) -> bool:
    return any(words in why for words in _DAMAGED)
