"""Opens the database that the settings name, or says in a sentence why there is none."""

import os
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy.exc import ArgumentError

from dispatch_core.errors import SettingError
from dispatch_core.records import schema
from dispatch_core.records.database import Clock, Store


def open_store(
    url: str,
    clock: Clock | None = None,
    noted: Callable[[int, float], None] = lambda _pieces, _seconds: None,
) -> Store:
    """The store of an SQLAlchemy URL, connected to nothing yet; SettingError where it can't be.

    noted is told of each committed batch: how many pieces it had, and its seconds.
    """
    try:
        store = Store(url, clock, noted)
        file = store.sqlite_file
    except ImportError as error:
        problem = f"is wrong: {error.name} is not installed here"
    except (ArgumentError, ValueError):
        # Their words may quote the password.
        problem = "is wrong: it can't be read"
    else:
        if file is None or file.parent.is_dir():
            return store
        problem = f"is wrong: there is no folder {file.parent}"
    raise SettingError(name="DISPATCH_DATABASE_URL", problem=problem)


def close_to_others(store: Store) -> None:
    """Let nobody but the owner read an embedded database; SQLite's side files take its mode."""
    file = store.sqlite_file
    if file is None:
        return
    # A file that can't be opened or changed is told of by SQLite, which comes next.
    with suppress(OSError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        for each in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
            if each.exists():
                each.chmod(0o600)


def bring_up_to_date(store: Store) -> None:
    """Bring an embedded database's schema up to date; a server's is only checked.

    Raises SchemaMismatch, StoreUnavailable.
    """
    bring = schema.upgrade if store.sqlite_file is not None else schema.check
    schema.explained(bring, store.engine)
