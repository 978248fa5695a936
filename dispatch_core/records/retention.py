"""Old runs are forgotten whole: steps, approvals, artifacts, and what their threads showed.

The audit trail is not: what was decided, and by whom, stays.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, exists, select

from dispatch_core.records import step_inputs
from dispatch_core.records.decision_tables import VOTES
from dispatch_core.records.tables import (
    APPROVALS,
    ARTIFACTS,
    ENTRIES,
    FILES,
    MESSAGES,
    RUNS,
    STEPS,
    THREADS,
)
from dispatch_core.records.transaction import Transaction

# So many at a time, that the writer is soon free for living runs.
BATCH = 500


def delete_runs_ended_before(tx: Transaction, cutoff: datetime) -> int:
    """Delete up to BATCH runs that ended before cutoff, with all that hangs on them.

    Returns how many. Those that another process is deleting are passed over.
    """
    step_inputs.forget_of_ended(tx)
    old = select(RUNS.c.id, RUNS.c.thread_id).where(RUNS.c.finished_at < cutoff).limit(BATCH)
    rows = tx.connection.execute(old.with_for_update(skip_locked=True)).all()
    if rows:
        _delete_runs(tx, [row.id for row in rows])
        _delete_empty_threads(tx, {row.thread_id for row in rows})
    return len(rows)


def _delete_runs(tx: Transaction, run_ids: list[str]) -> None:
    messages = list(
        tx.connection.scalars(select(MESSAGES.c.id).where(MESSAGES.c.run_id.in_(run_ids)))
    )
    asked = list(
        tx.connection.scalars(select(APPROVALS.c.id).where(APPROVALS.c.run_id.in_(run_ids)))
    )
    made = select(ARTIFACTS.c.id).where(ARTIFACTS.c.run_id.in_(run_ids))
    subjects = [*run_ids, *messages, *asked, *tx.connection.scalars(made)]
    tx.connection.execute(delete(ENTRIES).where(ENTRIES.c.subject_id.in_(subjects)))
    tx.connection.execute(delete(FILES).where(FILES.c.message_id.in_(messages)))
    tx.connection.execute(delete(VOTES).where(VOTES.c.approval_id.in_(asked)))
    step_inputs.delete_of_runs(tx, run_ids)
    for table in (ARTIFACTS, APPROVALS, STEPS, MESSAGES):
        tx.connection.execute(delete(table).where(table.c.run_id.in_(run_ids)))
    tx.connection.execute(delete(RUNS).where(RUNS.c.id.in_(run_ids)))


def _delete_empty_threads(tx: Transaction, thread_ids: Collection[str]) -> None:
    unused = [~exists().where(t.c.thread_id == THREADS.c.id) for t in (ENTRIES, MESSAGES, RUNS)]
    tx.connection.execute(delete(THREADS).where(THREADS.c.id.in_(thread_ids), *unused))
