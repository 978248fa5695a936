"""Artifacts: what runs made. The bytes live elsewhere, under their sha256."""

from sqlalchemy import insert, select

from dispatch_core.records import threads
from dispatch_core.records.columns import new_id
from dispatch_core.records.tables import ARTIFACTS, RUNS
from dispatch_core.records.transaction import Transaction
from dispatch_core.views import EntryKind


def add(
    tx: Transaction,
    *,
    run_id: str,
    step_id: str,
    name: str,
    kind: str,
    mime_type: str,
    size_bytes: int,
    sha256: str,
) -> str:
    """Keep an artifact and show it in the thread; the same file of the same step counts once."""
    known = select(ARTIFACTS.c.id).where(
        ARTIFACTS.c.step_id == step_id, ARTIFACTS.c.name == name, ARTIFACTS.c.sha256 == sha256
    )
    found: str | None = tx.connection.scalar(known)
    if found is not None:
        return found
    artifact_id = new_id()
    row = {
        "id": artifact_id,
        "run_id": run_id,
        "step_id": step_id,
        "name": name,
        "kind": kind,
        "mime_type": mime_type,
        "size_bytes": size_bytes,
        "sha256": sha256,
        "created_at": tx.now,
    }
    tx.connection.execute(insert(ARTIFACTS), row)
    thread_id = tx.connection.scalars(select(RUNS.c.thread_id).where(RUNS.c.id == run_id)).one()
    threads.add_entry(tx, thread_id, EntryKind.ARTIFACT, artifact_id)
    return artifact_id
