"""The announcer's outbox: who announces, and the entries that changed since they were shown."""

import math
from collections.abc import Collection, Mapping, Sequence

from dispatch_core.dispatcher.room import Room
from dispatch_core.records import backlog, leases, outbox
from dispatch_core.records.transaction import ENTRIES_CHANGED
from dispatch_core.views import ThreadEntry


class Announcements(Room):
    """The verbs of the announcer; owner names one unbroken holding of its lease."""

    async def take_announcer(self, owner: str, seconds: float) -> float:
        """Become the announcer if nobody is; returns for how many seconds, 0 where somebody is.

        An embedded database has one process: it takes the lease at once and holds it for ever.
        """
        alone = self.store.sqlite_file is not None
        if not (alone or await self.store.read(lambda tx: leases.is_free(tx, outbox.ANNOUNCER))):
            return 0.0
        taken = await self.store.write(
            lambda tx: leases.take(tx, outbox.ANNOUNCER, owner, seconds, alone=alone)
        )
        return (math.inf if alone else seconds) if taken else 0.0

    async def renew_announcer(self, owner: str, seconds: float) -> float:
        """Stay the announcer; returns for how many seconds more, 0 where another has become it."""
        held = await self.store.write(lambda tx: leases.renew(tx, outbox.ANNOUNCER, owner, seconds))
        return seconds if held else 0.0

    async def give_up_announcer(self, owner: str) -> None:
        """Let another process announce from now on."""
        await self.store.write(lambda tx: leases.give_up(tx, outbox.ANNOUNCER, owner))

    async def announcer_freed(self, timeout: float) -> None:  # noqa: ASYNC109 (a poll)
        """Return when the announcer gave its lease up, after timeout seconds at most."""
        with self.store.signals.listen(leases.lease_topic(outbox.ANNOUNCER)) as ear:
            await ear.wait(timeout)

    async def announcer_lag(self) -> float:
        """Seconds that the oldest unannounced change waits; 0 where nothing does."""
        return await self.store.read(backlog.lag)

    async def waiting(
        self, known: Mapping[str, int], wants: Sequence[tuple[int, Collection[str]]]
    ) -> tuple[tuple[ThreadEntry, ...], bool]:
        """Entries to announce beyond the known ones (revisions by id), and whether there are more.

        Where there is much, wants says how many of approvals, of what is new or has ended, and of
        progress are wanted, and the beginnings of thread keys of which there are enough already.
        """
        entries, more = await self.store.read(lambda tx: backlog.waiting(tx, known, wants))
        return tuple(self.dressed_entry(entry) for entry in entries), more

    async def note_attempt(self, owner: str, entry_id: str, attempt: str) -> bool:
        """Note, before a post, by what it can be found if its answer is lost.

        False where another has become the announcer, and nothing was noted.
        """
        return await self.store.write(lambda tx: outbox.note_attempt(tx, owner, entry_id, attempt))

    async def announced(self, owner: str, entry_id: str, revision: int, ref: str | None) -> bool:
        """This revision is shown; ref is the front end's handle of it.

        False where another has become the announcer, and nothing was kept.
        """
        return await self.store.write(
            lambda tx: outbox.announced(tx, owner, entry_id, revision, ref)
        )

    async def place_of(self, entry_id: str) -> tuple[str | None, int] | None:
        """An entry's ref and the revision that is shown; None where it is no longer kept."""
        return await self.store.read(lambda tx: outbox.place_of(tx, entry_id))

    async def show_again(self, entry_id: str) -> None:
        """A former announcer may have drawn this entry as it was: it is to be redrawn."""
        await self.store.write(lambda tx: outbox.show_again(tx, entry_id))

    async def changes(self, timeout: float) -> None:  # noqa: ASYNC109 (a poll, not a deadline)
        """Return when an entry may have changed, after timeout seconds at most."""
        with self.store.signals.listen(ENTRIES_CHANGED) as ear:
            await ear.wait(timeout)
