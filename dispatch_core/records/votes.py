"""Votes: who said yes to an approval, each person once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from dispatch_core.lifecycle import Scope
from dispatch_core.records.decision_tables import VOTES
from dispatch_core.records.transaction import Transaction


@dataclass(frozen=True, slots=True)
class NewVote:
    """A person's yes; via is the key that gave them the right, until is the end of a grant."""

    approval_id: str
    person: str
    via: str
    scope: Scope
    until: datetime | None


def add(tx: Transaction, vote: NewVote) -> bool:
    """Count a person's yes, once; whether it is their first. Hold the approval before."""
    if any(given.person == vote.person for given in of(tx, vote.approval_id)):
        return False
    row = {name: getattr(vote, name) for name in NewVote.__slots__} | {"voted_at": tx.now}
    tx.connection.execute(insert(VOTES), row)
    tx.touch(vote.approval_id)
    return True


def of(tx: Transaction, approval_id: str) -> list[Any]:
    """The rows of an approval's votes, oldest first."""
    return of_many(tx, [approval_id]).get(approval_id, [])


def of_many(tx: Transaction, approval_ids: list[str]) -> dict[str, list[Any]]:
    """The same for many approvals, by their ids; those without a vote are left out."""
    found: dict[str, list[Any]] = {}
    query = select(VOTES).where(VOTES.c.approval_id.in_(approval_ids))
    for row in tx.connection.execute(query.order_by(VOTES.c.voted_at, VOTES.c.person)):
        found.setdefault(row.approval_id, []).append(row)
    return found
