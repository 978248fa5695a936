"""Artifacts: what runs made. The bytes live elsewhere, under their sha256."""

from dataclasses import dataclass

from sqlalchemy import insert, select

from dispatch_core.records import threads
from dispatch_core.records.columns import new_id
from dispatch_core.records.tables import ARTIFACTS, RUNS
from dispatch_core.records.transaction import Transaction
from dispatch_core.views import EntryKind


@dataclass(frozen=True, slots=True)
class NewArtifact:
    """A file that a step made, whose bytes are kept."""

    run_id: str
    step_id: str
    name: str
    kind: str
    mime_type: str
    size_bytes: int
    sha256: str


def add(tx: Transaction, made: NewArtifact) -> str:
    """Keep an artifact and show it in the thread; the same file of the same step counts once."""
    if (known := _same(tx, made)) is not None:
        return known
    artifact_id = new_id()
    row = {name: getattr(made, name) for name in NewArtifact.__slots__} | {
        "id": artifact_id,
        "created_at": tx.now,
    }
    tx.connection.execute(insert(ARTIFACTS), row)
    thread = select(RUNS.c.thread_id).where(RUNS.c.id == made.run_id)
    threads.add_entry(tx, tx.connection.scalars(thread).one(), EntryKind.ARTIFACT, artifact_id)
    return artifact_id


def _same(tx: Transaction, made: NewArtifact) -> str | None:
    known: str | None = tx.connection.scalar(
        select(ARTIFACTS.c.id).where(
            ARTIFACTS.c.step_id == made.step_id,
            ARTIFACTS.c.name == made.name,
            ARTIFACTS.c.sha256 == made.sha256,
        )
    )
    return known
