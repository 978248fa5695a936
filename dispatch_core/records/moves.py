"""The steps of the core's own desk, many at once: begun before their effect, ended after it.

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
    bindparam,
    func,
    insert,
    literal_column,
    select,
    update,
)

from dispatch_core.errors import LostClaim
from dispatch_core.lifecycle import StepStatus
from dispatch_core.records import claims
from dispatch_core.records.columns import UtcDateTime, new_id, stands_at, written
from dispatch_core.records.rowset import Many, Rowset, adding, values_of
from dispatch_core.records.steps import UNFINISHED, NewStep
from dispatch_core.records.tables import RUNS, STEPS
from dispatch_core.records.transaction import Transaction
from dispatch_core.work import Claim, Ended, StepView

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """A step that begins at once, and what the card says meanwhile."""

    claim: Claim
    step: NewStep
    activity: str


@dataclass(frozen=True, slots=True)
class StepEnd:
    """The end of a step."""

    claim: Claim
    ended: Ended


def begin(tx: Transaction, asked: Sequence[Step]) -> list[StepView]:
    """Journal the first steps of runs that this transaction took, as started."""
    if not asked:
        return []
    ids = [new_id() for _ in asked]
    rows = [
        (one.claim.run_id, step_id, *_written(one.step))
        for one, step_id in zip(asked, ids, strict=True)
    ]
    _BEGIN(tx, rows, now=tx.now)
    _say(tx, asked)
    return [_begun(one, step_id) for one, step_id in zip(asked, ids, strict=True)]


def take_steps(tx: Transaction, asked: Sequence[Step]) -> list[StepView | Exception]:
    """Journal steps as started, before anything is done."""
    ids = [new_id() for _ in asked]
    rows = [
        (*named(one.claim), step_id, *_written(one.step))
        for one, step_id in zip(asked, ids, strict=True)
    ]
    taken = set(ids)
    if _ADD_STEPS(tx, rows, now=tx.now).rowcount < len(rows):
        taken = set(_THEIR_STEPS(tx, values_of(ids)).scalars())
    _say(tx, [one for one, step_id in zip(asked, ids, strict=True) if step_id in taken])
    return [
        _begun(one, step_id) if step_id in taken else lost(one.claim)
        for one, step_id in zip(asked, ids, strict=True)
    ]


def end_steps(tx: Transaction, ended: Sequence[StepEnd]) -> list[Exception | None]:
    """Journal the ends of steps; one that has an end keeps it."""
    rows = [(*named(one.claim), *ended_row(one.ended)) for one in ended]
    if _END_STEPS(tx, rows, now=tx.now).rowcount == len(rows):
        return [None] * len(rows)
    return [_why_not(tx, one.claim) for one in ended]


def named(claim: Claim) -> tuple[str, str, int]:
    """A claim as the values of CLAIM."""
    return claim.run_id, claim.owner, claim.version


def _say(tx: Transaction, begun: Sequence[Step]) -> None:
    """Let the cards say what is done now."""
    told = [(one.claim.run_id, one.activity) for one in begun if one.activity]
    for changed in _SAY(tx, told).scalars() if told else ():
        tx.touch(changed)


def ended_row(ended: Ended) -> tuple[Any, ...]:
    """A step's id, its status and its result, as rows have them."""
    return ended.step_id, ended.result.status, ended.result.model_dump(mode="json")


def _written(step: NewStep) -> tuple[Any, ...]:
    return step.tool, step.arguments, step.fingerprint


def _begun(asked: Step, step_id: str) -> StepView:
    tool, arguments, mark = _written(asked.step)
    return StepView(step_id, tool, arguments, mark, StepStatus.STARTED, None)


def lost(claim: Claim) -> LostClaim:
    """The answer to whose claim is lost."""
    return LostClaim(run_id=claim.run_id)


def _why_not(tx: Transaction, claim: Claim) -> Exception | None:
    try:
        claims.held(tx, claim)
    except LostClaim as gone:
        return gone
    return None


CLAIM = {"run_id": String, "owner": String, "version": Integer}
NOW = bindparam("now", type_=UtcDateTime)


def is_held(rows: Rowset) -> tuple[Any, ...]:
    """That the claim of a row, whose values are named as in CLAIM, is still held."""
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
    return query.where(*is_held(rows)).with_for_update(of=RUNS).subquery("held")


def _add_steps(rows: Rowset) -> Any:
    held = _held(rows, *_STEP)
    before = select(func.count()).where(STEPS.c.run_id == held.c.run_id).scalar_subquery()
    values = {name: held.c[name] for name in ("run_id", *_STEP)} | {"position": before, **_AT_FIRST}
    every = select(*(value.label(name) for name, value in values.items())).select_from(held)
    return insert(STEPS).from_select(list(values), every, include_defaults=False)


def _end_steps(rows: Rowset) -> Any:
    held = _held(rows, "id", "status", "result")
    return (
        update(STEPS)
        .where(STEPS.c.id == held.c.id, stands_at(STEPS.c.status, *UNFINISHED))
        .values(status=held.c.status, result=held.c.result, ended_at=NOW)
    )


# None of these returns its rows where all went well, as it nearly always does: each row that comes
# back is a switch between the writer's thread and the loop.
_STEP: dict[str, Any] = {
    "id": String,
    "tool": String,
    "arguments": JSON,
    "fingerprint": String,
}
_AT_FIRST: dict[str, Any] = {
    "status": written(StepStatus.STARTED),
    "progress_sequence": literal_column("-1"),
    "started_at": NOW,
}
_BEGIN = adding(STEPS, {"run_id": String, **_STEP}, position=literal_column("0"), **_AT_FIRST)
_ADD_STEPS = Many({**CLAIM, **_STEP}, _add_steps)
_THEIR_STEPS = Many({"id": String}, lambda rows: select(STEPS.c.id).where(STEPS.c.id == rows["id"]))
_END_STEPS = Many({**CLAIM, "id": String, "status": String, "result": JSON}, _end_steps)
_SAY = Many(
    {"run_id": String, "activity": String},
    lambda rows: (
        update(RUNS)
        .where(RUNS.c.id == rows["run_id"], RUNS.c.activity != rows["activity"])
        .values(activity=rows["activity"])
        .returning(RUNS.c.id)
    ),
)
