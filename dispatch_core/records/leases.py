"""Leases by name: a task that one process does at a time, judged by the database's clock.

An owner is unique for each holding, not for each process: whoever lost a lease comes back under a
new name, so that what it began as its former self can change nothing.
"""

from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    delete,
    exists,
    not_,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from dispatch_core.records.shared_tables import LEASES
from dispatch_core.records.transaction import Transaction

# None is given for longer: one that ends later is of a clock that was set back since then.
LONGEST = timedelta(minutes=5)

_INSERT: Any = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def take(tx: Transaction, name: str, owner: str, seconds: float, *, alone: bool = False) -> bool:
    """Take a lease that is free, or run out; alone takes it from anyone, since no one else lives.

    The same owner may ask again, since the answer to its first time may have been lost.
    """
    given = {
        "lease_name": name,
        "lease_owner": owner,
        "new_until": tx.now + timedelta(seconds=seconds),
        "now": tx.now,
        "far": tx.now + LONGEST,
    }
    statement = _take(tx.connection.dialect.name, alone)
    return tx.connection.scalar(statement, given) is not None


def renew(tx: Transaction, name: str, owner: str, seconds: float) -> bool:
    """Whether the lease is still its owner's, who holds it for some seconds more.

    It may have run out; where nobody took it meanwhile, nothing was done by another.
    """
    until = tx.now + timedelta(seconds=seconds)
    given = {"lease_name": name, "lease_owner": owner, "new_until": until}
    return tx.connection.execute(_RENEW, given).rowcount > 0


def give_up(tx: Transaction, name: str, owner: str) -> None:
    """Let go of a lease, and wake who waits for it; another's is left alone."""
    given = {"lease_name": name, "lease_owner": owner}
    if tx.connection.execute(_GIVE_UP, given).rowcount:
        tx.signal(lease_topic(name))


def holds(tx: Transaction, name: str, owner: str) -> bool:
    """Whether nobody has taken the lease since its owner did."""
    given = {"lease_name": name, "lease_owner": owner}
    return bool(tx.connection.scalar(_HOLDS, given))


def is_free(tx: Transaction, name: str) -> bool:
    """Whether it could be taken now; looks, and writes nothing."""
    given = {"lease_name": name, "now": tx.now, "far": tx.now + LONGEST}
    return not tx.connection.scalar(_TAKEN, given)


def still_held() -> ColumnElement[bool]:
    """A condition for other tables' verbs; give them `lease_name` and `lease_owner`."""
    return exists().where(*_MINE)


def lease_topic(name: str) -> str:
    """The topic of a lease: it was given up."""
    return f"lease:{name}"


@cache
def _take(dialect: str, alone: bool) -> Any:
    new = _INSERT[dialect](LEASES).values(
        name=bindparam("lease_name"), owner=bindparam("lease_owner"), until=bindparam("new_until")
    )
    free = or_(not_(_LASTS), LEASES.c.owner == new.excluded.owner)
    return new.on_conflict_do_update(
        index_elements=[LEASES.c.name],
        set_={"owner": new.excluded.owner, "until": new.excluded.until},
        where=true() if alone else free,
    ).returning(LEASES.c.name)


_LASTS = and_(
    LEASES.c.until > bindparam("now", type_=LEASES.c.until.type),
    LEASES.c.until <= bindparam("far", type_=LEASES.c.until.type),
)
_MINE = (LEASES.c.name == bindparam("lease_name"), LEASES.c.owner == bindparam("lease_owner"))
_RENEW = update(LEASES).where(*_MINE).values(until=bindparam("new_until"))
_GIVE_UP = delete(LEASES).where(*_MINE)
_HOLDS = select(exists().where(*_MINE))
_TAKEN = select(exists().where(LEASES.c.name == bindparam("lease_name"), _LASTS))
