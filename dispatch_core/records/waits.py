"""How long runs waited for people."""

from sqlalchemy import select

from dispatch_core.records.tables import APPROVALS
from dispatch_core.records.transaction import Transaction


def waited_seconds(tx: Transaction, run_id: str) -> float:
    """How long a run's approvals stood open; a run asks for one after the other."""
    query = select(APPROVALS.c.requested_at, APPROVALS.c.decided_at).where(
        APPROVALS.c.run_id == run_id, APPROVALS.c.decided_at.is_not(None)
    )
    open_times = tx.connection.execute(query).all()
    return float(sum((decided - asked).total_seconds() for asked, decided in open_times))
