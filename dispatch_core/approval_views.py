"""What may be seen of approvals, of their votes and of lasting grants: frozen, as in views.py."""

from dataclasses import dataclass
from datetime import datetime

from dispatch_core.lifecycle import ApprovalStatus, Scope


@dataclass(frozen=True, slots=True)
class VoteView:
    """One person's yes to an approval."""

    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """A person's answer to one step; payload is sanitized, approvers are who may decide.

    reasons, programs and preview are what the device found, sanitized; grant_words is what a
    lasting decision would cover, None where only this once can be decided. needed is how many
    must approve, and votes who did. edited_by wrote this text, where its asker did not;
    replaced_by edited it away.
    """

    id: str
    run_id: str
    thread_key: str
    requester: str
    title: str
    description: str
    payload: str
    device_name: str | None
    status: ApprovalStatus
    requested_at: datetime
    expires_at: datetime
    approvers: tuple[str, ...]
    decided_at: datetime | None = None
    decided_by: str | None = None
    decision_reason: str | None = None
    reminded: bool = False
    reasons: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    preview: str = ""
    grant_words: str | None = None
    editable: bool = False
    needed: int = 1
    votes: tuple[VoteView, ...] = ()
    authors: tuple[str, ...] = ()
    edited_by: str | None = None
    replaced_by: str | None = None
    scope: Scope | None = None
    granted_until: datetime | None = None


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
