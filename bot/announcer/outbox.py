"""What the announcer needs of the dispatcher."""

from collections.abc import Awaitable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from dispatch_core.views import ArtifactView, ThreadEntry


class Outbox(Protocol):
    """The dispatcher's side of the announcements; all may raise a DispatchError.

    owner names one unbroken holding of the announcer's lease. The verbs that take it change
    nothing, and answer 0 or False, where another process has become the announcer.
    """

    def take_announcer(self, owner: str, seconds: float) -> Awaitable[float]:
        """Become the announcer if nobody is; for how many seconds, infinite where no one else is.

        The same owner may ask again, where the answer was lost.
        """

    def renew_announcer(self, owner: str, seconds: float) -> Awaitable[float]:
        """Stay the announcer; for how many seconds more."""

    def give_up_announcer(self, owner: str) -> Awaitable[None]:
        """Let another process announce from now on."""

    def announcer_freed(self, timeout: float) -> Awaitable[None]:
        """Return when the announcer gave up, or after timeout seconds."""

    def waiting(
        self, known: Mapping[str, int], wants: Sequence[tuple[int, Collection[str]]]
    ) -> Awaitable[tuple[tuple[ThreadEntry, ...], bool]]:
        """Entries to show beyond the known ones (revisions by id), and whether there are more.

        Where there is much, wants says, for approvals, for what is new or has ended, and for
        progress: how many, and the beginnings of thread keys of which there are enough already.
        """

    def note_attempt(self, owner: str, entry_id: str, attempt: str) -> Awaitable[bool]:
        """Keep what is about to be done, before it is done."""

    def announced(
        self, owner: str, entry_id: str, revision: int, ref: str | None
    ) -> Awaitable[bool]:
        """Keep that this revision is shown, and where."""

    def place_of(self, entry_id: str) -> Awaitable[tuple[str | None, int] | None]:
        """Where an entry is shown and which revision is; None where it is no longer kept."""

    def show_again(self, entry_id: str) -> Awaitable[None]:
        """Have an entry redrawn by whoever is the announcer."""

    def changes(self, timeout: float) -> Awaitable[None]:
        """Return when entries may have changed, or after timeout seconds."""

    def open_artifact(self, artifact_id: str) -> Awaitable[tuple[ArtifactView, Path]]:
        """An artifact and the file that holds its bytes; NotFound where it is no longer kept."""
