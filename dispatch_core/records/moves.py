"""The moves that every run makes at the core's desk, many at once: a step, its end, the end.

Each names the claim that it is made under; where that is lost, LostClaim is its answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    Integer,
    String,
    Subquery,
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
from dispatch_core.records.transaction import ENTRIES_CHANGED, Transaction, desk_topic
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
    ids = [new_id() for _ in asked]
    rows = [
        (*_named(one.claim), step_id, *_written(one.step))
        for one, step_id in zip(asked, ids, strict=True)
    ]
    taken = set(ids)
    if _ADD_STEPS(tx, rows, now=tx.now).rowcount < len(rows):
        taken = set(_THEIR_STEPS(tx, values_of(ids)).scalars())
    told = [
        (one.claim.run_id, one.activity)
        for one, step_id in zip(asked, ids, strict=True)
        if step_id in taken and one.activity
    ]
    for changed in _SAY(tx, told).scalars() if told else ():
        tx.touch(changed)
    return [
        _begun(one, step_id) if step_id in taken else _lost(one.claim)
        for one, step_id in zip(asked, ids, strict=True)
    ]


def end_steps(tx: Transaction, ended: Sequence[StepEnd]) -> list[Exception | None]:
    """Journal the ends of steps; one that has an end keeps it."""
    rows = [
        (*_named(one.claim), one.step_id, one.result.status, one.result.model_dump(mode="json"))
        for one in ended
    ]
    if _END_STEPS(tx, rows, now=tx.now).rowcount == len(rows):
        return [None] * len(rows)
    return [_why_not(tx, one.claim) for one in ended]


def complete(tx: Transaction, completed: Sequence[Completion]) -> list[Exception | None]:
    """End runs as done, and wake what waited in their threads."""
    rows = [(*_named(one.claim), one.answer) for one in completed]
    done = {one.claim.run_id for one in completed}
    if _COMPLETE(tx, rows, now=tx.now).rowcount < len(rows):
        claimed = [(one.claim.run_id, one.claim.version) for one in completed]
        done = set(_COMPLETED(tx, claimed).scalars())
    tx.touched |= done
    tx.signal(ENTRIES_CHANGED)
    for desk in _WAITING_DESKS(tx, values_of(done)).scalars():
        tx.signal(desk_topic(desk))
    return [None if one.claim.run_id in done else _lost(one.claim) for one in completed]


def _named(claim: Claim) -> tuple[str, str, int]:
    return claim.run_id, claim.owner, claim.version


def _written(step: NewStep) -> tuple[Any, ...]:
    return step.tool, step.arguments, step.fingerprint


def _begun(asked: Step, step_id: str) -> StepView:
    tool, arguments, mark = _written(asked.step)
    return StepView(step_id, tool, arguments, mark, StepStatus.STARTED, None)


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


def _held(rows: Rowset, *names: str) -> Subquery:
    """The rows whose claim is held, which it stays until the transaction's end."""
    wanted = [rows[name].label(name) for name in ("run_id", *names)]
    query = select(*wanted).select_from(rows.source).join(RUNS, RUNS.c.id == rows["run_id"])
    return query.where(*_is_held(rows)).with_for_update(of=RUNS).subquery("held")


def _add_steps(rows: Rowset) -> Any:
    held = _held(rows, *_STEP)
    before = select(func.count()).where(STEPS.c.run_id == held.c.run_id).scalar_subquery()
    values = {name: held.c[name] for name in ("run_id", *_STEP)} | {
        "position": before,
        "status": written(StepStatus.STARTED),
        "progress_sequence": literal_column("-1"),
        "started_at": _NOW,
    }
    every = select(*(value.label(name) for name, value in values.items())).select_from(held)
    return insert(STEPS).from_select(list(values), every, include_defaults=False)


def _end_steps(rows: Rowset) -> Any:
    held = _held(rows, "id", "status", "result")
    return (
        update(STEPS)
        .where(STEPS.c.id == held.c.id, stands_at(STEPS.c.status, *UNFINISHED))
        .values(status=held.c.status, result=held.c.result, ended_at=_NOW)
    )


# None of these returns its rows where all went well, as it nearly always does: each row that comes
# back is a switch between the writer's thread and the loop.
_STEP: dict[str, Any] = {
    "id": String,
    "tool": String,
    "arguments": JSON,
    "fingerprint": String,
}
_ADD_STEPS = Many({**_CLAIM, **_STEP}, _add_steps)
_THEIR_STEPS = Many({"id": String}, lambda rows: select(STEPS.c.id).where(STEPS.c.id == rows["id"]))
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
    ),
)
_COMPLETED = Many(
    {"run_id": String, "version": Integer},
    lambda rows: select(RUNS.c.id).where(
        RUNS.c.id == rows["run_id"],
        RUNS.c.version == rows["version"] + literal_column("1"),
        stands_at(RUNS.c.status, RunStatus.COMPLETED),
    ),
)
_ended = RUNS.alias("ended")
_WAITING_DESKS = Many(
    {"run_id": String},
    lambda rows: (
        select(RUNS.c.desk)
        .distinct()
        .select_from(rows.source)
        .join(_ended, _ended.c.id == rows["run_id"])
        .join(RUNS, RUNS.c.thread_id == _ended.c.thread_id)
        .where(waits_or_works(RUNS, statuses=[RunStatus.QUEUED]))
    ),
)
