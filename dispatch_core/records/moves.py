"""The moves that every run makes at the core's desk, many at once: a step, its end, the end.

Each names the claim that it is made under; where that is lost, LostClaim is its answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import (
    CTE,
    JSON,
    Integer,
    String,
    Text,
    bindparam,
    false,
    func,
    insert,
    literal_column,
    null,
    select,
    update,
)

from dispatch_core.errors import LostClaim
from dispatch_core.lifecycle import EndReason, RunStatus, StepStatus
from dispatch_core.protocol import StepResult
from dispatch_core.records import claims
from dispatch_core.records.columns import UtcDateTime, new_id, stands_at, written
from dispatch_core.records.rowset import Many, Rowset, values_of
from dispatch_core.records.runs import waits_or_works
from dispatch_core.records.steps import UNFINISHED, NewStep
from dispatch_core.records.tables import RUNS, STEPS
from dispatch_core.records.transaction import Transaction, desk_topic
from dispatch_core.work import Claim, StepView

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """A step that begins at once, and what the card says meanwhile."""

    claim: Claim
    step: NewStep
    activity: str


@dataclass(frozen=True, slots=True)
class StepEnd:
    """How a step ended."""

    claim: Claim
    step_id: str
    result: StepResult


@dataclass(frozen=True, slots=True)
class Completion:
    """A run that is done; answer is safe to show."""

    claim: Claim
    answer: str


def take_steps(tx: Transaction, asked: Sequence[Step]) -> list[StepView | Exception]:
    """Journal steps as started, before anything is done."""
    rows = [(*_named(one.claim), new_id(), *_written(one.step)) for one in asked]
    places = {row.id: row.position for row in _ADD_STEPS(tx, rows, now=tx.now)}
    told = [
        (one.claim.run_id, one.activity)
        for one, row in zip(asked, rows, strict=True)
        if row[3] in places and one.activity
    ]
    for changed in _SAY(tx, told).scalars() if told else ():
        tx.touch(changed)
    return [
        _begun(one, row[3], places[row[3]]) if row[3] in places else _lost(one.claim)
        for one, row in zip(asked, rows, strict=True)
    ]


def end_steps(tx: Transaction, ended: Sequence[StepEnd]) -> list[Exception | None]:
    """Journal the ends of steps; one that has an end keeps it."""
    rows = [
        (*_named(one.claim), one.step_id, one.result.status, one.result.model_dump(mode="json"))
        for one in ended
    ]
    done = set(_END_STEPS(tx, rows, now=tx.now).scalars())
    return [None if one.step_id in done else _why_not(tx, one.claim) for one in ended]


def complete(tx: Transaction, completed: Sequence[Completion]) -> list[Exception | None]:
    """End runs as done, and wake what waited in their threads."""
    rows = [(*_named(one.claim), one.answer) for one in completed]
    threads = {row.id: row.thread_id for row in _COMPLETE(tx, rows, now=tx.now)}
    for run_id in threads:
        tx.touch(run_id)
    if threads:
        for desk in _WAITING_DESKS(tx, values_of(set(threads.values()))).scalars():
            tx.signal(desk_topic(desk))
    return [None if one.claim.run_id in threads else _lost(one.claim) for one in completed]


def _named(claim: Claim) -> tuple[str, str, int]:
    return claim.run_id, claim.owner, claim.version


def _written(step: NewStep) -> tuple[Any, ...]:
    return step.tool, step.arguments, step.fingerprint


def _begun(asked: Step, step_id: str, position: int) -> StepView:
    tool, arguments, mark = _written(asked.step)
    return StepView(step_id, position, tool, arguments, mark, StepStatus.STARTED, None)


def _lost(claim: Claim) -> LostClaim:
    return LostClaim(run_id=claim.run_id)


def _why_not(tx: Transaction, claim: Claim) -> Exception | None:
    try:
        claims.held(tx, claim)
    except LostClaim as lost:
        return lost
    return None


_CLAIM = {"run_id": String, "owner": String, "version": Integer}
_NOW = bindparam("now", type_=UtcDateTime)


def _is_held(rows: Rowset) -> tuple[Any, ...]:
    # Only a running run has an owner, as a CHECK tells (running_is_leased).
    return (
        RUNS.c.id == rows["run_id"],
        RUNS.c.owner == rows["owner"],
        RUNS.c.version == rows["version"],
    )


def _held(rows: Rowset, *names: str) -> CTE:
    """The rows whose claim is held, which it stays until the transaction's end."""
    wanted = [rows[name].label(name) for name in ("run_id", *names)]
    query = select(*wanted).select_from(rows.source).join(RUNS, RUNS.c.id == rows["run_id"])
    return query.where(*_is_held(rows)).with_for_update(of=RUNS).cte("held")


def _add_steps(rows: Rowset) -> Any:
    held = _held(rows, "id", "tool", "arguments", "fingerprint")
    before = select(func.count()).where(STEPS.c.run_id == held.c.run_id).scalar_subquery()
    values = {
        "id": held.c.id,
        "run_id": held.c.run_id,
        "position": before,
        "tool": held.c.tool,
        "arguments": held.c.arguments,
        "fingerprint": held.c.fingerprint,
        "status": written(StepStatus.STARTED),
        "progress_sequence": literal_column("-1"),
        "started_at": _NOW,
    }
    every = select(*(value.label(name) for name, value in values.items())).select_from(held)
    added = insert(STEPS).from_select(list(values), every, include_defaults=False)
    return added.returning(STEPS.c.id, STEPS.c.position)


def _end_steps(rows: Rowset) -> Any:
    held = _held(rows, "id", "status", "result")
    return (
        update(STEPS)
        .where(STEPS.c.id == held.c.id, stands_at(STEPS.c.status, *UNFINISHED))
        .values(status=held.c.status, result=held.c.result, ended_at=_NOW)
        .returning(STEPS.c.id)
    )


_ADD_STEPS = Many(
    {**_CLAIM, "id": String, "tool": String, "arguments": JSON, "fingerprint": String}, _add_steps
)
_END_STEPS = Many({**_CLAIM, "id": String, "status": String, "result": JSON}, _end_steps)
_SAY = Many(
    {"run_id": String, "activity": String},
    lambda rows: (
        update(RUNS)
        .where(RUNS.c.id == rows["run_id"], RUNS.c.activity != rows["activity"])
        .values(activity=rows["activity"])
        .returning(RUNS.c.id)
    ),
)
_COMPLETE = Many(
    {**_CLAIM, "answer": Text},
    lambda rows: (
        update(RUNS)
        .where(*_is_held(rows))
        .values(
            status=written(RunStatus.COMPLETED),
            reason=written(EndReason.DONE),
            finished_at=_NOW,
            activity=written(""),
            answer=rows["answer"],
            answer_apart=false(),
            owner=null(),
            lease_until=null(),
            version=RUNS.c.version + literal_column("1"),
        )
        .returning(RUNS.c.id, RUNS.c.thread_id)
    ),
)
_WAITING_DESKS = Many(
    {"thread_id": String},
    lambda rows: (
        select(RUNS.c.desk)
        .distinct()
        .where(RUNS.c.thread_id == rows["thread_id"], waits_or_works(RUNS))
        .where(stands_at(RUNS.c.status, RunStatus.QUEUED))
    ),
)
