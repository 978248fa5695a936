"""What may be seen of votes and of lasting grants."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class VoteView:
    """One person's yes to an approval."""

    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class GrantView:
    """A standing approval on one device; thread_key is None where it holds in every thread.

    words say what it covers, and are safe to show.
    """

    id: str
    device_id: str
    device_name: str
    device_owner: str
    thread_key: str | None
    in_thread: bool
    tool: str
    words: str
    made_by: str
    made_at: datetime
    expires_at: datetime
    uses: int = 0
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_by: str | None = None
