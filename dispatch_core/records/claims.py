"""Claims: the one way into running, and all that only the holder of a claim may do."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from dispatch_core.errors import IllegalMove, LostClaim
from dispatch_core.lifecycle import CORE_DESK, ENDS, EndReason, RunStatus, may_move
from dispatch_core.records import threads
from dispatch_core.records.device_tables import DEVICES
from dispatch_core.records.runs import wake_thread
from dispatch_core.records.tables import RUNS
from dispatch_core.records.transaction import Transaction, desk_topic
from dispatch_core.work import Claim


def claim(
    tx: Transaction, desk: str, owner: str, *, limit: int, lease: float, live_since: datetime
) -> list[Claim]:
    """Take up to limit queued runs of a desk, oldest first; the one way into running.

    The runs of one thread go one at a time, in the order of their messages. A queued run holds up
    later ones only where its desk is alive: the core's, or a device's seen since live_since.
    """
    candidates = (
        select(RUNS.c.id)
        .where(RUNS.c.status == RunStatus.QUEUED, RUNS.c.desk == desk, ~_held_up(live_since))
        .order_by(RUNS.c.queued_at, RUNS.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = tx.connection.scalars(candidates).all()
    claims = [take(tx, run_id, owner, lease) for run_id in ids]
    return [taken for taken in claims if taken is not None]


def _held_up(live_since: datetime) -> ColumnElement[bool]:
    other = RUNS.alias("other")
    alive = or_(
        other.c.desk == CORE_DESK,
        exists().where(DEVICES.c.id == other.c.desk, DEVICES.c.last_seen_at >= live_since),
    )
    earlier = or_(
        other.c.asked_at < RUNS.c.asked_at,
        and_(other.c.asked_at == RUNS.c.asked_at, other.c.id < RUNS.c.id),
    )
    return exists().where(
        other.c.thread_id == RUNS.c.thread_id,
        other.c.id != RUNS.c.id,
        or_(
            other.c.status == RunStatus.RUNNING,
            and_(other.c.status == RunStatus.QUEUED, earlier, alive),
        ),
    )


def take(tx: Transaction, run_id: str, owner: str, lease: float) -> Claim | None:
    """Take one queued run; None where it is not queued any more."""
    version = tx.connection.scalar(
        update(RUNS)
        .where(RUNS.c.id == run_id, RUNS.c.status == RunStatus.QUEUED)
        .values(
            status=RunStatus.RUNNING,
            owner=owner,
            version=RUNS.c.version + 1,
            lease_until=tx.now + timedelta(seconds=lease),
            started_at=func.coalesce(RUNS.c.started_at, tx.now),
        )
        .returning(RUNS.c.version)
    )
    if version is None:
        return None
    threads.touch(tx, run_id)
    return Claim(run_id, owner, version)


def held(tx: Transaction, claim: Claim) -> Any:
    """The row of a run whose claim is still held; raises LostClaim where it is not."""
    row = tx.connection.execute(select(RUNS).where(*_is_held(claim))).one_or_none()
    if row is None:
        raise LostClaim(run_id=claim.run_id)
    return row


def _is_held(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        RUNS.c.id == claim.run_id,
        RUNS.c.status == RunStatus.RUNNING,
        RUNS.c.owner == claim.owner,
        RUNS.c.version == claim.version,
    )


def renew(tx: Transaction, owner: str, living: Collection[Claim], lease: float) -> set[Claim]:
    """Renew the leases of the named living runs; returns the claims that are still held."""
    renewed = tx.connection.execute(
        update(RUNS)
        .where(
            RUNS.c.id.in_([claim.run_id for claim in living]),
            RUNS.c.status == RunStatus.RUNNING,
            RUNS.c.owner == owner,
        )
        .values(lease_until=tx.now + timedelta(seconds=lease))
        .returning(RUNS.c.id, RUNS.c.version)
    )
    versions = {row.id: row.version for row in renewed}
    return {claim for claim in living if versions.get(claim.run_id) == claim.version}


def note_if_held(tx: Transaction, claim: Claim, **values: Any) -> None:
    """Change what the card shows (activity, output, …) of a run that is still held."""
    done = tx.connection.execute(update(RUNS).where(*_is_held(claim)).values(**values))
    if done.rowcount == 0:
        raise LostClaim(run_id=claim.run_id)
    threads.touch(tx, claim.run_id)


def wait_for_approval_if_held(tx: Transaction, claim: Claim, **values: Any) -> None:
    """Park a run until a person decides: nothing but rows is held meanwhile."""
    _leave_running(tx, claim, RunStatus.WAITING_APPROVAL, **values)


def queue_if_held(tx: Transaction, claim: Claim, desk: str, **values: Any) -> None:
    """Hand a run over to a desk, or give it back."""
    _leave_running(tx, claim, RunStatus.QUEUED, desk=desk, queued_at=tx.now, **values)
    tx.signal(desk_topic(desk))


def finish_if_held(tx: Transaction, claim: Claim, reason: EndReason, **values: Any) -> None:
    """End a run; a stop that was asked for meanwhile is what ended it."""
    row = held(tx, claim)
    if row.stop_requested_at is not None and reason is not EndReason.DONE:
        reason = EndReason.STOPPED
    ended = {"reason": reason, "finished_at": tx.now, "activity": ""}
    _leave_running(tx, claim, ENDS[reason], **ended, **values)


def _leave_running(tx: Transaction, claim: Claim, after: RunStatus, **values: Any) -> None:
    if not may_move(RunStatus.RUNNING, after):
        raise IllegalMove(before=RunStatus.RUNNING, after=after)
    thread_id = tx.connection.scalar(
        update(RUNS)
        .where(*_is_held(claim))
        .values(status=after, owner=None, lease_until=None, version=RUNS.c.version + 1, **values)
        .returning(RUNS.c.thread_id)
    )
    if thread_id is None:
        raise LostClaim(run_id=claim.run_id)
    threads.touch(tx, claim.run_id)
    wake_thread(tx, thread_id)
