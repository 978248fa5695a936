"""What the clock finds due: taken by one process, however many look at the same moment.

A row that another process is at is passed over; who looks next finds it decided.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update

from dispatch_core.lifecycle import CORE_DESK, ApprovalStatus, RunStatus
from dispatch_core.records.columns import stands_at
from dispatch_core.records.tables import APPROVALS, RUNS
from dispatch_core.records.transaction import Transaction

_IS_PENDING = stands_at(APPROVALS.c.status, ApprovalStatus.PENDING)


def take_lost(tx: Transaction) -> list[Any]:
    """The rows of running runs whose lease has run out, but for those that another looks after."""
    is_running = stands_at(RUNS.c.status, RunStatus.RUNNING)
    query = select(RUNS).where(is_running, RUNS.c.lease_until < tx.now)
    return list(tx.connection.execute(query.with_for_update(skip_locked=True)))


def at_core_desk(tx: Transaction) -> list[Any]:
    """The rows of runs that a worker at the core's desk holds."""
    is_running = stands_at(RUNS.c.status, RunStatus.RUNNING)
    query = select(RUNS).where(is_running, RUNS.c.desk == CORE_DESK)
    return list(tx.connection.execute(query))


def queued_at_devices(tx: Transaction) -> list[Any]:
    """The rows of runs that wait for a device to come for them."""
    is_queued = stands_at(RUNS.c.status, RunStatus.QUEUED)
    query = select(RUNS).where(is_queued, RUNS.c.desk != CORE_DESK)
    return list(tx.connection.execute(query))


def take_expired(tx: Transaction) -> list[Any]:
    """The rows of pending approvals whose time has run out, held until the transaction's end."""
    query = select(APPROVALS).where(_IS_PENDING, APPROVALS.c.expires_at <= tx.now)
    return list(tx.connection.execute(_alone(query)))


def take_unchosen(tx: Transaction) -> list[str]:
    """The ids of runs that wait for their asker to choose a device, and waited long enough."""
    waits = stands_at(RUNS.c.status, RunStatus.WAITING_APPROVAL)
    query = select(RUNS.c.id).where(waits, RUNS.c.choose_until <= tx.now)
    return list(tx.connection.scalars(query.with_for_update(skip_locked=True)))


def take_reminders(tx: Transaction) -> list[Any]:
    """The rows of pending approvals to remind of now, with their thread_id; each comes once."""
    query = (
        select(APPROVALS, RUNS.c.thread_id)
        .join(RUNS, RUNS.c.id == APPROVALS.c.run_id)
        .where(_IS_PENDING, APPROVALS.c.remind_at <= tx.now)
    )
    due = list(tx.connection.execute(_alone(query)))
    if due:
        ids = [row.id for row in due]
        reminded = update(APPROVALS).where(APPROVALS.c.id.in_(ids)).values(remind_at=None)
        tx.connection.execute(reminded)
    for row in due:
        tx.touch(row.id)
    return due


def spare_devices(tx: Transaction, *, ends_before: datetime, until: datetime) -> int:
    """Let no lease of a device that would end before this time end before `until`."""
    spared = (
        update(RUNS)
        .where(stands_at(RUNS.c.status, RunStatus.RUNNING), RUNS.c.desk != CORE_DESK)
        .where(RUNS.c.lease_until < ends_before)
        .values(lease_until=until)
    )
    return tx.connection.execute(spared).rowcount


def _alone(query: Select[Any]) -> Select[Any]:
    """SQLite has one writer at a time and leaves this out."""
    return query.with_for_update(skip_locked=True, of=APPROVALS)
