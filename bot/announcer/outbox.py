"""What the announcer needs of the dispatcher."""

from collections.abc import Awaitable
from pathlib import Path
from typing import Protocol

from dispatch_core.views import ArtifactView, ThreadEntry


class Outbox(Protocol):
    """The dispatcher's side of the announcements; all may raise a DispatchError."""

    def unannounced(self, limit: int = ...) -> Awaitable[tuple[ThreadEntry, ...]]:
        """The entries whose revision is newer than what was announced, in thread order."""

    def note_attempt(self, entry_id: str, attempt: str) -> Awaitable[None]:
        """Keep what is about to be done, before it is done."""

    def announced(self, entry_id: str, revision: int, ref: str | None) -> Awaitable[None]:
        """Keep that this revision is shown, and where."""

    def changes(self, timeout: float) -> Awaitable[None]:
        """Return when entries may have changed, or after timeout seconds."""

    def open_artifact(self, artifact_id: str) -> Awaitable[tuple[ArtifactView, Path]]:
        """An artifact and the file that holds its bytes; NotFound where it is no longer kept."""
