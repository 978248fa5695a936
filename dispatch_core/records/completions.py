"""Runs that are done, many at once: the end of the last step and the end of the run are one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import JSON, Integer, String, Text, false, literal_column, null, select, update

from dispatch_core.lifecycle import EndReason, RunStatus
from dispatch_core.records import moves
from dispatch_core.records.columns import stands_at, written
from dispatch_core.records.rowset import Many, values_of
from dispatch_core.records.runs import waits_or_works
from dispatch_core.records.steps import UNFINISHED
from dispatch_core.records.tables import RUNS, STEPS
from dispatch_core.records.transaction import ENTRIES_CHANGED, Transaction, desk_topic
from dispatch_core.work import Claim, Ended


@dataclass(frozen=True, slots=True)
class Completion:
    """A run that is done, and its last step, unless that was journalled; answer is safe to show."""

    claim: Claim
    answer: str
    ended: Ended | None = None


def complete(tx: Transaction, completed: Sequence[Completion]) -> list[Exception | None]:
    """End runs as done, and wake what waited in their threads."""
    rows = [(*moves.named(one.claim), one.answer) for one in completed]
    done = {one.claim.run_id for one in completed}
    if _COMPLETE(tx, rows, now=tx.now).rowcount < len(rows):
        claimed = [(one.claim.run_id, one.claim.version) for one in completed]
        done = set(_COMPLETED(tx, claimed).scalars())
    ends = [
        moves.ended_row(one.ended)
        for one in completed
        if one.ended is not None and one.claim.run_id in done
    ]
    if ends:
        _END(tx, ends, now=tx.now)
    tx.touched |= done
    tx.signal(ENTRIES_CHANGED)
    for desk in _WAITING_DESKS(tx, values_of(done)).scalars():
        tx.signal(desk_topic(desk))
    return [None if one.claim.run_id in done else moves.lost(one.claim) for one in completed]


_END = Many(
    {"id": String, "status": String, "result": JSON},
    lambda rows: (
        update(STEPS)
        .where(STEPS.c.id == rows["id"], stands_at(STEPS.c.status, *UNFINISHED))
        .values(status=rows["status"], result=rows["result"], ended_at=moves.NOW)
    ),
)
_COMPLETE = Many(
    {**moves.CLAIM, "answer": Text},
    lambda rows: (
        update(RUNS)
        .where(*moves.is_held(rows))
        .values(
            status=written(RunStatus.COMPLETED),
            reason=written(EndReason.DONE),
            finished_at=moves.NOW,
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
