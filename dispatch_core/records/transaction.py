"""What a verb of the records gets: a connection, the database's time, and whom to wake."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

# The topics: entries changed, a desk has work (desk_topic), and a stop was asked for.
ENTRIES_CHANGED = "entries"
STOP_REQUESTED = "stops"


@dataclass(frozen=True, slots=True)
class AuditNote:
    """What the audit trail is to say of something that a person, or the clock, decided."""

    kind: str
    person: str | None
    subjects: dict[str, str]
    facts: dict[str, Any]


@dataclass(slots=True)
class Transaction:
    """One transaction: what is to be shown anew at its end, and who is woken after its commit.

    notes go to the audit trail's end, in the same transaction.
    """

    connection: Connection
    now: datetime
    topics: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    notes: list[AuditNote] = field(default_factory=list)

    def signal(self, topic: str) -> None:
        """Wake those who listen for this topic, once this is committed."""
        self.topics.add(topic)

    def touch(self, subject_id: str) -> None:
        """The entry of this message, run, approval or artifact is to be shown anew."""
        self.touched.add(subject_id)
        self.topics.add(ENTRIES_CHANGED)


def desk_topic(desk: str) -> str:
    """The topic of a desk: work was queued there."""
    return f"desk:{desk}"
