"""Claims: the one way into running, and all that only the holder of a claim may do."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Update,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)

from dispatch_core.errors import IllegalMove, LostClaim
from dispatch_core.lifecycle import CORE_DESK, ENDS, EndReason, RunStatus, may_move
from dispatch_core.records.columns import UtcDateTime, stands_at, written
from dispatch_core.records.device_tables import DEVICES
from dispatch_core.records.runs import waits_or_works, wake_thread
from dispatch_core.records.tables import FILES, RUNS
from dispatch_core.records.transaction import Transaction, desk_topic
from dispatch_core.work import Claim


def claim(
    tx: Transaction, desk: str, owner: str, *, limit: int, lease: float, live_since: datetime
) -> list[Any]:
    """Take up to limit queued runs of a desk; returns what their worker needs, by age.

    The one way into running. Who has waited longest goes first, but the runs of one thread go one
    at a time, in the order of their messages. A queued run holds up later ones only where its desk
    is alive: the core's, or a device's seen since live_since.
    """
    given = {"at_desk": desk, "live_since": live_since, "most": limit}
    found = tx.connection.execute(_CLAIM, given | _taken_by(tx, owner, lease))
    taken = sorted(found, key=attrgetter("asked_at", "id"))
    for row in taken:
        tx.touch(row.id)
    return taken


def take(tx: Transaction, run_id: str, owner: str, lease: float) -> None:
    """Take one queued run that nobody else moves before the transaction's end."""
    given = {"run_id": run_id} | _taken_by(tx, owner, lease)
    if not tx.connection.execute(_TAKE, given).rowcount:
        raise IllegalMove(before="another status", after=RunStatus.RUNNING)
    tx.touch(run_id)


def _taken_by(tx: Transaction, owner: str, lease: float) -> dict[str, Any]:
    return {"its_owner": owner, "until": tx.now + timedelta(seconds=lease), "now": tx.now}


def of(row: Any) -> Claim:
    """The claim that a running run's row tells of."""
    return Claim(row.id, row.owner, row.version)


def _is_held_up() -> ColumnElement[bool]:
    other = RUNS.alias("other")
    seen = DEVICES.c.last_seen_at >= bindparam("live_since")
    alive = or_(
        other.c.desk == CORE_DESK,
        exists().where(DEVICES.c.id == other.c.desk, seen),
    )
    earlier = or_(
        other.c.asked_at < RUNS.c.asked_at,
        and_(other.c.asked_at == RUNS.c.asked_at, other.c.id < RUNS.c.id),
    )
    return exists().where(
        other.c.thread_id == RUNS.c.thread_id,
        other.c.id != RUNS.c.id,
        waits_or_works(other),
        or_(stands_at(other.c.status, RunStatus.RUNNING), and_(earlier, alive)),
    )


# What a worker needs of a run that it takes: the rest of the row costs more than the taking.
_NEEDED = (
    RUNS.c.id,
    RUNS.c.thread_id,
    RUNS.c.requester,
    RUNS.c.route,
    RUNS.c.request,
    RUNS.c.asked_at,
    RUNS.c.time_zone,
    RUNS.c.timeout_seconds,
    RUNS.c.device_id,
    RUNS.c.owner,
    RUNS.c.version,
    exists().where(FILES.c.thread_id == RUNS.c.thread_id).label("has_files"),
)
_TAKEN: dict[str, Any] = {
    "status": written(RunStatus.RUNNING),
    "owner": bindparam("its_owner"),
    "version": RUNS.c.version + literal_column("1"),
    "lease_until": bindparam("until", type_=UtcDateTime),
    "started_at": func.coalesce(RUNS.c.started_at, bindparam("now", type_=UtcDateTime)),
}
# The hot statements are built once: building one costs as much as running it.
_due = (
    select(RUNS.c.id)
    .where(
        stands_at(RUNS.c.status, RunStatus.QUEUED),
        RUNS.c.desk == bindparam("at_desk"),
        ~_is_held_up(),
    )
    .order_by(RUNS.c.queued_at, RUNS.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=RUNS)
    .cte("due")
)
_CLAIM = update(RUNS).where(RUNS.c.id == _due.c.id).values(_TAKEN).returning(*_NEEDED)
_TAKE = (
    update(RUNS)
    .where(RUNS.c.id == bindparam("run_id"), stands_at(RUNS.c.status, RunStatus.QUEUED))
    .values(_TAKEN)
)
# Only a running run has an owner, as a CHECK tells (running_is_leased). Told so, it is found by its
# key; by its status it would be looked for among all that run, in an index that is never at rest.
_IS_HELD = (
    RUNS.c.id == bindparam("run_id"),
    RUNS.c.owner == bindparam("its_owner"),
    RUNS.c.version == bindparam("its_version"),
)
_HELD = select(RUNS).where(*_IS_HELD).with_for_update()


def _named(claim: Claim) -> dict[str, Any]:
    return {"run_id": claim.run_id, "its_owner": claim.owner, "its_version": claim.version}


def held(tx: Transaction, claim: Claim) -> Any:
    """The row of a run whose claim is still held, and stays so until the transaction's end.

    Raises LostClaim where it is not.
    """
    row = tx.connection.execute(_HELD, _named(claim)).one_or_none()
    if row is None:
        raise LostClaim(run_id=claim.run_id)
    return row


def renew(tx: Transaction, owner: str, living: Collection[Claim], lease: float) -> set[Claim]:
    """Renew the leases of the named living runs; returns the claims that are still held."""
    renewed = tx.connection.execute(
        update(RUNS)
        .where(
            RUNS.c.id.in_([claim.run_id for claim in living]),
            RUNS.c.owner == owner,
        )
        .values(lease_until=tx.now + timedelta(seconds=lease))
        .returning(RUNS.c.id, RUNS.c.version)
    )
    versions = {row.id: row.version for row in renewed}
    return {claim for claim in living if versions.get(claim.run_id) == claim.version}


def note_if_held(tx: Transaction, claim: Claim, **values: Any) -> None:
    """Change what the card shows (activity, output, …) of a run that is still held."""
    _change_if_held(tx, claim, values)


def wait_for_approval_if_held(tx: Transaction, claim: Claim, **values: Any) -> None:
    """Park a run until a person decides: nothing but rows is held meanwhile."""
    _leave_running(tx, claim, RunStatus.WAITING_APPROVAL, values)


def queue_if_held(tx: Transaction, claim: Claim, desk: str, **values: Any) -> None:
    """Hand a run over to a desk, or give it back."""
    _leave_running(tx, claim, RunStatus.QUEUED, {"desk": desk, "queued_at": tx.now, **values})
    tx.signal(desk_topic(desk))


def finish_if_held(tx: Transaction, claim: Claim, reason: EndReason, **values: Any) -> None:
    """End a run; a stop that was asked for meanwhile is what ended it, unless it was done."""
    if reason is not EndReason.DONE and held(tx, claim).stop_requested_at is not None:
        reason = EndReason.STOPPED
    ended = {"reason": reason, "finished_at": tx.now, "activity": ""}
    _leave_running(tx, claim, ENDS[reason], ended | values)


def _leave_running(tx: Transaction, claim: Claim, after: RunStatus, values: dict[str, Any]) -> None:
    if not may_move(RunStatus.RUNNING, after):
        raise IllegalMove(before=RunStatus.RUNNING, after=after)
    left = {"status": after, "owner": None, "lease_until": None, "version": claim.version + 1}
    wake_thread(tx, _change_if_held(tx, claim, left | values))


def _change_if_held(tx: Transaction, claim: Claim, values: dict[str, Any]) -> str:
    given = {f"new_{name}": value for name, value in values.items()}
    statement = _change(tuple(values))
    thread_id: str | None = tx.connection.scalar(statement, _named(claim) | given)
    if thread_id is None:
        raise LostClaim(run_id=claim.run_id)
    tx.touch(claim.run_id)
    return thread_id


@cache
def _change(columns: tuple[str, ...]) -> Update:
    values = {name: bindparam(f"new_{name}", type_=RUNS.c[name].type) for name in columns}
    return update(RUNS).where(*_IS_HELD).values(values).returning(RUNS.c.thread_id)
