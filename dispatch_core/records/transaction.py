"""What a verb of the records gets: a connection, the database's time, and whom to wake."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection


@dataclass(slots=True)
class Transaction:
    """One transaction. Topics named by signal() are woken after the commit, never before."""

    connection: Connection
    now: datetime
    topics: set[str] = field(default_factory=set)

    def signal(self, topic: str) -> None:
        """Wake those who listen for this topic, once this is committed."""
        self.topics.add(topic)


# The topics: entries changed, a desk has work (desk_topic), and a stop was asked for.
ENTRIES_CHANGED = "entries"
STOP_REQUESTED = "stops"


def desk_topic(desk: str) -> str:
    """The topic of a desk: work was queued there."""
    return f"desk:{desk}"
