"""What a jump of the database's clock would make of leases, and how that is undone."""

from datetime import datetime

from sqlalchemy import update

from dispatch_core.lifecycle import RunStatus
from dispatch_core.records.shared_tables import LEASES
from dispatch_core.records.tables import RUNS
from dispatch_core.records.transaction import Transaction


def count_anew(tx: Transaction, until: datetime) -> None:
    """Let each run's lease end at this time, and no other lease later.

    Who holds one renews it from there; who is gone loses it neither at once nor a day late.
    """
    tx.connection.execute(
        update(RUNS).where(RUNS.c.status == RunStatus.RUNNING).values(lease_until=until)
    )
    tx.connection.execute(update(LEASES).where(LEASES.c.until > until).values(until=until))
