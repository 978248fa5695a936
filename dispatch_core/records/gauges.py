"""What the database says at a glance: each query reads what is unfinished, or what is new.

The conditions are spelled as the partial indexes spell them, without parameters, so that both
databases use those indexes however many finished runs there are.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text

from dispatch_core.device_views import Presence
from dispatch_core.lifecycle import CORE_DESK, ApprovalStatus, RunStatus
from dispatch_core.meters import Standing
from dispatch_core.records.device_tables import DEVICES
from dispatch_core.records.shown_devices import presence
from dispatch_core.records.tables import APPROVALS, ENDED, RUNS
from dispatch_core.records.transaction import Transaction

_QUEUED = text(f"run.status = '{RunStatus.QUEUED.value}'")
_RUNNING = text(f"run.status = '{RunStatus.RUNNING.value}'")
_WAITING = text(
    f"run.status NOT IN ({ENDED}) AND run.status = '{RunStatus.WAITING_APPROVAL.value}'"
)
_PENDING = text(f"approval.status = '{ApprovalStatus.PENDING.value}'")

_OF_DESKS = (
    select(RUNS.c.desk, func.count(), func.min(RUNS.c.queued_at))
    .where(_QUEUED)
    .group_by(RUNS.c.desk)
)
_COUNT_RUNNING = select(func.count()).select_from(RUNS).where(_RUNNING)
_COUNT_WAITING = select(func.count()).select_from(RUNS).where(_WAITING)
_OF_PENDING = select(func.count(), func.min(APPROVALS.c.requested_at)).where(_PENDING)
# A commit can come this much later than the time that its rows name, in seconds.
SETTLED = timedelta(seconds=5)


def standing(tx: Transaction, ended_after: datetime, ended_until: datetime) -> Standing:
    """How it stands now, with the runs that ended in (ended_after, ended_until]."""
    depth, oldest = _queues(tx, tx.connection.execute(_OF_DESKS))
    pending, asked_at = tx.connection.execute(_OF_PENDING).one()
    return Standing(
        runs={
            RunStatus.QUEUED.value: sum(depth.values()),
            RunStatus.RUNNING.value: tx.connection.scalar(_COUNT_RUNNING) or 0,
            RunStatus.WAITING_APPROVAL.value: tx.connection.scalar(_COUNT_WAITING) or 0,
        },
        queue_depth=depth,
        queue_oldest=oldest,
        approvals_pending=pending,
        approvals_oldest=_age(tx, asked_at),
        devices=_devices(tx),
        ended=_ended(tx, ended_after, ended_until),
    )


def _queues(tx: Transaction, rows: Iterable[Any]) -> tuple[dict[str, int], dict[str, float]]:
    """Depth and age by the kind of desk: devices come and go, so they share one series."""
    depth, oldest = {"core": 0, "device": 0}, {"core": 0.0, "device": 0.0}
    for desk, count, queued_at in rows:
        kind = "core" if desk == CORE_DESK else "device"
        depth[kind] += count
        oldest[kind] = max(oldest[kind], _age(tx, queued_at))
    return depth, oldest


def _age(tx: Transaction, since: datetime | None) -> float:
    return max(0.0, (tx.now - since).total_seconds()) if since is not None else 0.0


def _devices(tx: Transaction) -> dict[str, int]:
    seen = select(DEVICES.c.last_seen_at).where(DEVICES.c.revoked_at.is_(None))
    rows = tx.connection.execute(seen)
    present = Counter(presence(tx, row).value for row in rows)
    return {state.value: present[state.value] for state in Presence}


def _ended(tx: Transaction, after: datetime, until: datetime) -> dict[tuple[str, str], int]:
    query = (
        select(RUNS.c.route, RUNS.c.reason, func.count())
        .where(RUNS.c.finished_at > after, RUNS.c.finished_at <= until)
        .group_by(RUNS.c.route, RUNS.c.reason)
    )
    return {(row[0].value, row[1].value): row[2] for row in tx.connection.execute(query)}
