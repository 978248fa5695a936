"""What is noted before a post or an upload, so that a lost answer never leads to a second one."""

from dataclasses import dataclass, field, replace

from bot.announcer.outbox import Outbox
from bot.announcer.term import LeaseLost, Term
from dispatch_core.views import ThreadEntry

LINK = "link"  # stands in a file's place where a message with a link is posted in its stead


@dataclass(frozen=True, slots=True)
class Attempt:
    """since is Unix seconds; file is the uploaded file's id, LINK, or empty.

    in_doubt tells that Slack may have done it: it must be looked for before it is done again.
    """

    since: float
    file: str = ""
    in_doubt: bool = True

    def __str__(self) -> str:
        return f"{self.since:.3f} {self.file}".rstrip()


def read_attempt(text: str | None) -> Attempt | None:
    """Read a noted attempt; what an earlier process noted is always in doubt."""
    if not text:
        return None
    since, _, file = text.partition(" ")
    return Attempt(float(since), file)


@dataclass(slots=True)
class Notes:
    """What a term knows of entries beyond what the last reading of the outbox said.

    A reading may be older than a post made meanwhile; these notes are always newer.
    """

    outbox: Outbox
    term: Term
    _attempts: dict[str, Attempt] = field(default_factory=dict)
    _refs: dict[str, str] = field(default_factory=dict)
    _doubled: set[str] = field(default_factory=set)

    def attempt(self, entry: ThreadEntry) -> Attempt | None:
        """The last attempt to show this entry, in this process or an earlier one."""
        return self._attempts.get(entry.id) or read_attempt(entry.attempt)

    async def write(self, entry: ThreadEntry, attempt: Attempt) -> None:
        """Note an attempt for this process and any later one; raises LeaseLost."""
        if not await self.outbox.note_attempt(self.term.owner, entry.id, str(attempt)):
            self.term.lose()
            raise LeaseLost
        self._attempts[entry.id] = attempt

    def doubt(self, entry: ThreadEntry, in_doubt: bool) -> None:
        """Whether Slack may have done the attempt that was noted."""
        attempt = self.attempt(entry)
        if attempt is not None:
            self._attempts[entry.id] = replace(attempt, in_doubt=in_doubt)

    def look_again(self, entry: ThreadEntry) -> None:
        """A post of a former attempt may stand beside the one that will be recorded."""
        self._doubled.add(entry.id)

    def doubled(self, entry: ThreadEntry) -> bool:
        """Whether it is to be looked, once the entry is recorded, for what stands twice."""
        return entry.id in self._doubled

    def ref(self, entry: ThreadEntry) -> str | None:
        """Where the entry is shown, as far as anyone knows."""
        return entry.ref or self._refs.get(entry.id)

    def posted(self, entry: ThreadEntry, ref: str) -> str:
        """Remember where the entry is shown, until the outbox has it too."""
        self._refs[entry.id] = ref
        return ref

    def forget(self, entry: ThreadEntry) -> None:
        """The outbox has it all now."""
        self._attempts.pop(entry.id, None)
        self._refs.pop(entry.id, None)
        self._doubled.discard(entry.id)
