"""Lines that people write to a running step: given to its device once each, in order."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from dispatch_core.abilities import ToolName
from dispatch_core.records.input_tables import STEP_INPUTS
from dispatch_core.records.steps import UNFINISHED
from dispatch_core.records.tables import APPROVALS, RUNS, STEPS
from dispatch_core.records.transaction import Transaction

_READS = STEPS.c.tool == ToolName.SHELL.value


def is_taken(tx: Transaction, message_key: str) -> bool:
    """Whether this message was written to a step before."""
    query = select(STEP_INPUTS.c.step_id).where(STEP_INPUTS.c.message_key == message_key)
    return tx.connection.execute(query.limit(1)).first() is not None


def add(tx: Transaction, step_id: str, lines: Sequence[str], message_key: str) -> None:
    """Write the lines of a message after those that the step has; its run is held meanwhile."""
    count = select(func.count()).where(STEP_INPUTS.c.step_id == step_id)
    first = int(tx.connection.scalar(count) or 0)
    rows: list[dict[str, Any]] = [
        {
            "step_id": step_id,
            "sequence": first + line,
            "message_key": message_key,
            "line": line,
            "text": text,
        }
        for line, text in enumerate(lines)
    ]
    tx.connection.execute(insert(STEP_INPUTS), rows)


def after(tx: Transaction, step_id: str, taken: int) -> tuple[str, ...]:
    """What the device of a step has not had yet; what it has had is forgotten."""
    unforgotten = select(STEP_INPUTS.c.sequence, STEP_INPUTS.c.text).where(
        STEP_INPUTS.c.step_id == step_id, STEP_INPUTS.c.text.is_not(None)
    )
    rows = tx.connection.execute(unforgotten.order_by(STEP_INPUTS.c.sequence)).all()
    if any(row.sequence < taken for row in rows):
        forget(tx, step_id, taken)
    return tuple(row.text for row in rows if row.sequence >= taken)


def is_unread(tx: Transaction, step_id: str) -> bool:
    """Whether a step has lines that its device has not said to have had."""
    words = select(STEP_INPUTS.c.step_id).where(
        STEP_INPUTS.c.step_id == step_id, STEP_INPUTS.c.text.is_not(None)
    )
    return tx.connection.execute(words.limit(1)).first() is not None


def forget(tx: Transaction, step_id: str, before: int | None = None) -> None:
    """Forget the words written to a step, all or the first ones; that they were stays known."""
    words = update(STEP_INPUTS).where(
        STEP_INPUTS.c.step_id == step_id, STEP_INPUTS.c.text.is_not(None)
    )
    if before is not None:
        words = words.where(STEP_INPUTS.c.sequence < before)
    tx.connection.execute(words.values(text=None))


def forget_of_ended(tx: Transaction) -> None:
    """Forget what was written to steps that ended without their device's word."""
    ended = select(STEPS.c.id).where(
        STEPS.c.id == STEP_INPUTS.c.step_id, STEPS.c.status.not_in(UNFINISHED)
    )
    words = update(STEP_INPUTS).where(STEP_INPUTS.c.text.is_not(None), ended.exists())
    tx.connection.execute(words.values(text=None))


def has_had_a_reader(tx: Transaction, thread_id: str) -> bool:
    """Whether a step that reads input was ever made in this thread."""
    query = (
        select(STEPS.c.id)
        .join(RUNS, RUNS.c.id == STEPS.c.run_id)
        .where(RUNS.c.thread_id == thread_id, _READS)
    )
    return tx.connection.execute(query.limit(1)).first() is not None


def authors(tx: Transaction, step_id: str) -> tuple[str, ...]:
    """Who edited a step before it was approved."""
    query = select(APPROVALS.c.authors).where(APPROVALS.c.step_id == step_id)
    return tuple(tx.connection.scalar(query) or ())


def delete_of_runs(tx: Transaction, run_ids: Collection[str]) -> None:
    """Delete what was written to the steps of these runs."""
    of_them = select(STEPS.c.id).where(STEPS.c.run_id.in_(run_ids))
    tx.connection.execute(delete(STEP_INPUTS).where(STEP_INPUTS.c.step_id.in_(of_them)))
