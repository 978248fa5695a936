"""What a verb of the records gets: a connection, the database's time, and whom to wake."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

# The topics: entries changed, a desk has work (desk_topic), and a stop was asked for.
ENTRIES_CHANGED = "entries"
STOP_REQUESTED = "stops"


@dataclass(slots=True)
class Transaction:
    """One transaction: what is to be shown anew at its end, and who is woken after its commit."""

    connection: Connection
    now: datetime
    topics: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)

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
