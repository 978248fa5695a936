"""Opens the records for a command that looks at runs or stops one, beside a server or without one.

An embedded database may have such a second visitor: SQLite (WAL) lets it read while the owner
writes, and its one small write waits for its turn like the owner's own. What only the owner may do,
such as taking runs back or changing the schema, is not done here.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dispatch_core.blobs import Blobs
from dispatch_core.dispatcher.links import Links
from dispatch_core.dispatcher.operator import Operator
from dispatch_core.dispatcher.room import Parts
from dispatch_core.dispatcher.trail import Trail
from dispatch_core.errors import NoDatabase
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.records import schema
from dispatch_core.records.opening import open_store
from dispatch_core.settings import CoreSettings, open_home


class Operating(Operator, Trail):
    """The verbs of `dispatch runs` and `dispatch audit`."""


@asynccontextmanager
async def operating(settings: CoreSettings) -> AsyncIterator[Operating]:
    """The operator's verbs over the database that the settings name.

    Raises NoDatabase, SchemaMismatch, StoreUnavailable, SettingError.
    """
    open_home(settings.home)
    store = open_store(settings.database)
    file = store.sqlite_file
    if file is not None and not file.exists():
        raise NoDatabase(file=file)
    schema.explained(schema.check, store.engine)
    store.start()
    links = Links(settings.base_url, settings.download_ttl)
    blobs = Blobs(settings.home / "artifacts")
    try:
        yield Operating(Parts(store, settings, ApprovalRules(), blobs, links))
    finally:
        await store.stop()
