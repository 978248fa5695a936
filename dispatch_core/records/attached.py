"""One attached file of a thread, by the name that people know it by."""

from dataclasses import dataclass

from sqlalchemy import select

from dispatch_core.records.tables import FILES, MESSAGES, RUNS
from dispatch_core.records.transaction import Transaction
from dispatch_core.views import AttachedFile


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that a message brought; sha256 is set once its bytes are here."""

    id: str
    file: AttachedFile
    sha256: str | None


def brought_before(tx: Transaction, thread_id: str, moment_id: str) -> list[Attached]:
    """The files of the messages of a thread that are older than what has this id, newest first.

    Ids sort by their time; a file that is told of late belongs to its message all the same.
    """
    rows = tx.connection.execute(
        select(FILES)
        .where(FILES.c.thread_id == thread_id, FILES.c.message_id < moment_id)
        .order_by(FILES.c.message_id.desc(), FILES.c.id.desc())
    )
    return [
        Attached(
            row.id, AttachedFile(row.name, row.mime_type, row.size_bytes, row.source), row.sha256
        )
        for row in rows
    ]


def brought_with(tx: Transaction, run_id: str) -> frozenset[str]:
    """The sources of the files that came in the message of a run, or of the run that it repeats."""
    asked = select(RUNS.c.id, RUNS.c.retry_of).where(RUNS.c.id == run_id).cte(recursive=True)
    before = select(RUNS.c.id, RUNS.c.retry_of).where(RUNS.c.id == asked.c.retry_of)
    asked = asked.union(before)
    files = (
        select(FILES.c.source)
        .join(MESSAGES, MESSAGES.c.id == FILES.c.message_id)
        .where(MESSAGES.c.run_id.in_(select(asked.c.id)))
    )
    return frozenset(tx.connection.scalars(files))
