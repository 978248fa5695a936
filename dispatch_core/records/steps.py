"""Steps: the journal of a run, written before an effect and after it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update

from dispatch_core.errors import NotFound
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import Drift, Preparation, StepResult
from dispatch_core.records.columns import new_id
from dispatch_core.records.tables import STEPS
from dispatch_core.records.transaction import Transaction
from dispatch_core.work import StepView

UNFINISHED = (StepStatus.PLANNED, StepStatus.STARTED)
# Spelled out: a list would be expanded anew at each run of the statement.
_IS_UNFINISHED = or_(*(STEPS.c.status == status for status in UNFINISHED))


@dataclass(frozen=True, slots=True)
class NewStep:
    """What a step is: the tool, its exact arguments, and the fingerprint that binds them."""

    run_id: str
    tool: str
    arguments: dict[str, Any]
    fingerprint: str


def add(tx: Transaction, step: NewStep, status: StepStatus) -> StepView:
    """Write a step at the journal's end, before anything is done."""
    row = {name: getattr(step, name) for name in NewStep.__slots__} | {
        "id": new_id(),
        "status": status,
        "progress_sequence": -1,
        "started_at": tx.now if status is StepStatus.STARTED else None,
    }
    tx.connection.execute(_INSERT, row | {"its_run": step.run_id})
    return StepView(row["id"], step.tool, step.arguments, step.fingerprint, status, None)


_INSERT = insert(STEPS).values(
    position=select(func.count()).where(STEPS.c.run_id == bindparam("its_run")).scalar_subquery()
)


def start(tx: Transaction, step_id: str) -> None:
    """Note that a step's effect may begin from now on; the first start counts."""
    tx.connection.execute(
        update(STEPS)
        .where(STEPS.c.id == step_id, STEPS.c.status == StepStatus.PLANNED)
        .values(status=StepStatus.STARTED, started_at=tx.now)
    )


def prepare(tx: Transaction, step_id: str, preparation: Preparation, fingerprint: str) -> None:
    """Note what the device said to a planned step, and the mark that binds it."""
    said = preparation.model_dump(mode="json", by_alias=True)
    tx.connection.execute(
        update(STEPS)
        .where(STEPS.c.id == step_id, STEPS.c.status == StepStatus.PLANNED)
        .values(preparation=said, fingerprint=fingerprint)
    )


def last_drift(tx: Transaction, run_id: str) -> Drift | None:
    """What had changed of the run's step before its last, where that is why there is another."""
    ended = [step.result for step in of_run(tx, run_id) if step.result is not None]
    return ended[-1].drift if ended else None


def drifts(tx: Transaction, run_id: str) -> int:
    """How many steps of a run were refused because something had changed since the approval."""
    return sum(
        step.result is not None and step.result.drift is not None for step in of_run(tx, run_id)
    )


def end_if_unfinished(tx: Transaction, step_id: str, result: StepResult) -> bool:
    """Note how a step ended; whether it had no end before."""
    return bool(tx.connection.execute(_END, _ended(tx, result, step_id)).rowcount)


def end_unfinished(tx: Transaction, run_id: str, result: StepResult) -> None:
    """Note how the open step of a run ended, where it has one."""
    tx.connection.execute(_END_OPEN, _ended(tx, result, run_id))


def _ended(tx: Transaction, result: StepResult, subject: str) -> dict[str, Any]:
    return {
        "subject": subject,
        "status": result.status,
        "result": result.model_dump(mode="json"),
        "ended_at": tx.now,
    }


_END = update(STEPS).where(STEPS.c.id == bindparam("subject"), _IS_UNFINISHED)
_END_OPEN = update(STEPS).where(STEPS.c.run_id == bindparam("subject"), _IS_UNFINISHED)


def progress_is_new(tx: Transaction, step_id: str, sequence: int) -> bool:
    """Whether this report of progress is seen for the first time."""
    done = tx.connection.execute(
        update(STEPS)
        .where(STEPS.c.id == step_id, STEPS.c.progress_sequence < sequence)
        .values(progress_sequence=sequence)
    )
    return bool(done.rowcount)


def of_runs(tx: Transaction, run_ids: Collection[str]) -> dict[str, tuple[StepView, ...]]:
    """The journals of many runs, each in order, by the runs' ids."""
    journals: dict[str, tuple[StepView, ...]] = dict.fromkeys(run_ids, ())
    for row in tx.connection.execute(_OF_RUNS, {"run_ids": list(run_ids)}):
        journals[row.run_id] = (*journals[row.run_id], _view(row))
    return journals


_OF_RUNS = (
    select(STEPS)
    .where(STEPS.c.run_id.in_(bindparam("run_ids", expanding=True)))
    .order_by(STEPS.c.run_id, STEPS.c.position)
)


def of_run(tx: Transaction, run_id: str) -> tuple[StepView, ...]:
    """The journal of a run, in order."""
    return of_runs(tx, [run_id])[run_id]


def find(tx: Transaction, step_id: str) -> Any | None:
    """The row of a step, if there is one."""
    return tx.connection.execute(select(STEPS).where(STEPS.c.id == step_id)).one_or_none()


def get(tx: Transaction, step_id: str) -> Any:
    """The row of a step; raises NotFound."""
    row = find(tx, step_id)
    if row is None:
        raise NotFound(what="step", name=step_id)
    return row


def _view(row: Any) -> StepView:
    return StepView(
        id=row.id,
        tool=row.tool,
        arguments=row.arguments,
        fingerprint=row.fingerprint,
        status=row.status,
        result=StepResult.model_validate(row.result) if row.result is not None else None,
    )
