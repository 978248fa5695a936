"""The announcer's outbox: entries that changed since a front end showed them."""

from dispatch_core.dispatcher.room import Room
from dispatch_core.records import outbox
from dispatch_core.records.transaction import ENTRIES_CHANGED
from dispatch_core.views import ThreadEntry


class Announcements(Room):
    """The verbs of the announcer."""

    async def unannounced(self, limit: int = 200) -> tuple[ThreadEntry, ...]:
        """Entries to show or to show anew, oldest first."""
        entries = await self.store.read(lambda tx: outbox.unannounced(tx, limit))
        return tuple(self.dressed_entry(entry) for entry in entries)

    async def note_attempt(self, entry_id: str, attempt: str) -> None:
        """Note, before a post, by what it can be found if its answer is lost."""
        await self.store.write(lambda tx: outbox.note_attempt(tx, entry_id, attempt))

    async def announced(self, entry_id: str, revision: int, ref: str | None) -> None:
        """This revision is shown; ref is the front end's handle of it."""
        await self.store.write(lambda tx: outbox.announced(tx, entry_id, revision, ref))

    async def changes(self, timeout: float) -> None:  # noqa: ASYNC109 (a poll, not a deadline)
        """Return when an entry may have changed, after timeout seconds at most."""
        with self.store.signals.listen(ENTRIES_CHANGED) as ear:
            await ear.wait(timeout)
