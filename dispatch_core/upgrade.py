"""Brings the schema of the database up to date, without serving anything."""

from dispatch_core.records import schema
from dispatch_core.records.opening import close_to_others, open_store
from dispatch_core.records.ownership import Ownership
from dispatch_core.settings import CoreSettings, open_home


def upgrade_database(settings: CoreSettings) -> str:
    """What `dispatch db upgrade` does; returns the revision that the database is at now.

    Raises StoreInUse where a server has an embedded database open, and what the schema raises.
    """
    open_home(settings.home)
    store = open_store(settings.database)
    ownership = Ownership(store.sqlite_file) if store.sqlite_file else None
    if ownership is not None:
        ownership.take()
    try:
        close_to_others(store)
        schema.explained(schema.upgrade, store.engine)
    finally:
        store.engine.dispose()
        if ownership is not None:
            ownership.release()
    return schema.newest()
