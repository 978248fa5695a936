"""Opens the database that the settings name, or says in a sentence why there is none."""

from sqlalchemy.exc import ArgumentError

from dispatch_core.errors import SettingError
from dispatch_core.records.database import Clock, Store


def open_store(url: str, clock: Clock | None = None) -> Store:
    """The store of an SQLAlchemy URL, connected to nothing yet; SettingError where it can't be."""
    try:
        store = Store(url, clock)
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
