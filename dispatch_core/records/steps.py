"""Steps: the journal of a run, written before an effect and after it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, update

from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import StepResult
from dispatch_core.records.columns import new_id
from dispatch_core.records.tables import STEPS
from dispatch_core.records.transaction import Transaction
from dispatch_core.work import StepView

UNFINISHED = (StepStatus.PLANNED, StepStatus.STARTED)


@dataclass(frozen=True, slots=True)
class NewStep:
    """What a step is: the tool, its exact arguments, and the fingerprint that binds them."""

    run_id: str
    tool: str
    arguments: dict[str, Any]
    fingerprint: str


def add(tx: Transaction, step: NewStep, status: StepStatus) -> str:
    """Write a step at the journal's end, before anything is done; returns its id."""
    count = select(func.count()).where(STEPS.c.run_id == step.run_id)
    step_id = new_id()
    row = {name: getattr(step, name) for name in NewStep.__slots__} | {
        "id": step_id,
        "position": tx.connection.scalar(count),
        "status": status,
        "progress_sequence": -1,
        "started_at": tx.now if status is StepStatus.STARTED else None,
    }
    tx.connection.execute(insert(STEPS), row)
    return step_id


def start(tx: Transaction, step_id: str) -> None:
    """Note that a step's effect may begin from now on; the first start counts."""
    tx.connection.execute(
        update(STEPS)
        .where(STEPS.c.id == step_id, STEPS.c.status == StepStatus.PLANNED)
        .values(status=StepStatus.STARTED, started_at=tx.now)
    )


def end_if_unfinished(tx: Transaction, step_id: str, result: StepResult) -> bool:
    """Note how a step ended; whether it had no end before."""
    done = tx.connection.execute(
        update(STEPS)
        .where(STEPS.c.id == step_id, STEPS.c.status.in_(UNFINISHED))
        .values(status=result.status, result=result.model_dump(mode="json"), ended_at=tx.now)
    )
    return bool(done.rowcount)


def end_unfinished(tx: Transaction, run_id: str, result: StepResult) -> None:
    """Note how the open step of a run ended, where it has one."""
    tx.connection.execute(
        update(STEPS)
        .where(STEPS.c.run_id == run_id, STEPS.c.status.in_(UNFINISHED))
        .values(status=result.status, result=result.model_dump(mode="json"), ended_at=tx.now)
    )


def progress_is_new(tx: Transaction, step_id: str, sequence: int) -> bool:
    """Whether this report of progress is seen for the first time."""
    done = tx.connection.execute(
        update(STEPS)
        .where(STEPS.c.id == step_id, STEPS.c.progress_sequence < sequence)
        .values(progress_sequence=sequence)
    )
    return bool(done.rowcount)


def of_run(tx: Transaction, run_id: str) -> tuple[StepView, ...]:
    """The journal of a run, in order."""
    rows = tx.connection.execute(
        select(STEPS).where(STEPS.c.run_id == run_id).order_by(STEPS.c.position)
    )
    return tuple(_view(row) for row in rows)


def get(tx: Transaction, step_id: str) -> Any | None:
    """The row of a step."""
    return tx.connection.execute(select(STEPS).where(STEPS.c.id == step_id)).one_or_none()


def _view(row: Any) -> StepView:
    return StepView(
        id=row.id,
        position=row.position,
        tool=row.tool,
        arguments=row.arguments,
        fingerprint=row.fingerprint,
        status=row.status,
        result=StepResult.model_validate(row.result) if row.result is not None else None,
    )
