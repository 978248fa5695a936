"""Breaks the engine on purpose, in one process: `python -m tests.chaos.broken NAME MODULE ARGS…`.

Each breakage takes away one thing that keeps a promise, by replacing a function of the product
before the module runs. The product has no hook for it, and no other process is touched. A chaos
run that does not catch a breakage looks at too little.
"""

import asyncio
import math
import runpy
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any


def no_version() -> None:
    """A worker's writes name the run and its status, and neither the claim's owner nor version."""
    from sqlalchemy import bindparam, select, update

    from dispatch_core.lifecycle import RunStatus
    from dispatch_core.records import claims, moves
    from dispatch_core.records.columns import stands_at
    from dispatch_core.records.tables import RUNS

    running = stands_at(RUNS.c.status, RunStatus.RUNNING)
    claims._IS_HELD = (RUNS.c.id == bindparam("run_id"), running)
    claims._named = lambda claim: {"run_id": claim.run_id}
    claims._HELD = select(RUNS).where(*claims._IS_HELD).with_for_update()
    moves.is_held = lambda rows: (RUNS.c.id == rows["run_id"], running)

    def renew(tx: Any, _owner: str, living: Any, lease: float) -> set[Any]:
        ids = [claim.run_id for claim in living]
        held = update(RUNS).where(RUNS.c.id.in_(ids), running)
        tx.connection.execute(held.values(lease_until=tx.now + timedelta(seconds=lease)))
        return set(living)

    claims.renew = renew


def renew_by_owner() -> None:
    """Leases are renewed for all runs of a worker, whether or not it still works on them."""
    from sqlalchemy import update

    from dispatch_core import worker
    from dispatch_core.errors import StoreUnavailable
    from dispatch_core.lifecycle import RunStatus
    from dispatch_core.records import claims
    from dispatch_core.records.columns import stands_at
    from dispatch_core.records.tables import RUNS

    running = stands_at(RUNS.c.status, RunStatus.RUNNING)

    def renew(tx: Any, owner: str, living: Any, lease: float) -> set[Any]:
        mine = update(RUNS).where(RUNS.c.owner == owner, running)
        tx.connection.execute(mine.values(lease_until=tx.now + timedelta(seconds=lease)))
        return set(living)

    async def renew_for_ever(self: Any) -> None:
        while True:
            await asyncio.sleep(self._lease / 3)
            try:
                await self._desk.renew(self._name, list(self._tasks))
            except StoreUnavailable:
                continue

    claims.renew = renew
    worker.Worker._renew_for_ever = renew_for_ever


def no_look_up() -> None:
    """A post whose answer was lost is made again, and nobody looks for the first one."""
    from bot.announcer import finding

    async def nothing(*_given: Any, **_named: Any) -> list[str]:
        return []

    finding.Finder.messages = nothing


def early_acknowledgement() -> None:
    """Slack is told that a message was taken before it is."""
    from bot.listeners import requests

    take, under_way = requests.Requests._take, set()

    async def take_later(self: Any, message: Any) -> None:
        task = asyncio.create_task(take(self, message))
        under_way.add(task)
        task.add_done_callback(lambda done: (under_way.discard(done), done.exception()))

    requests.Requests._take = take_later


def no_journal() -> None:
    """A companion that starts forgets which steps it began in an earlier life."""
    from device_agent import journal

    journal.Journal._read = lambda *_given: []


def decide_anyway() -> None:
    """A decision is written without asking whether the request is still open."""
    from sqlalchemy import update

    from dispatch_core.dispatcher import approvals as verbs
    from dispatch_core.policy.deciders import refusal
    from dispatch_core.records import approvals
    from dispatch_core.records.tables import APPROVALS

    def close(tx: Any, approval_id: str, closing: Any) -> bool:
        closed = {"decided_at": tx.now, "decided_by": closing.by, "decision_reason": closing.reason}
        one = update(APPROVALS).where(APPROVALS.c.id == approval_id)
        tx.connection.execute(one.values(status=closing.status, **closed))
        tx.touch(approval_id)
        return True

    def check(self: Any, row: Any, decider: Any, act: Any) -> None:
        if may_not := refusal(self.parts.rules, decider, verbs.asked_by(row), act):
            raise may_not

    approvals.close_if_pending = close
    verbs.Approvals._check = check


def no_announcer_lease() -> None:
    """Every server announces, whoever else does."""
    from sqlalchemy import true

    from dispatch_core.records import leases

    # Before the statements are built that stand on them.
    leases.still_held = true
    leases.holds = lambda *_given: True

    from dispatch_core.dispatcher.announcements import Announcements

    async def mine(*_given: Any) -> float:
        return math.inf

    Announcements.take_announcer = mine
    Announcements.renew_announcer = mine


BREAKAGES: dict[str, Callable[[], None]] = {
    "no-version": no_version,
    "renew-by-owner": renew_by_owner,
    "no-look-up": no_look_up,
    "early-acknowledgement": early_acknowledgement,
    "no-journal": no_journal,
    "decide-anyway": decide_anyway,
    "no-announcer-lease": no_announcer_lease,
}

# The storm in which each is looked for: the faults that its missing care would have met.
SMALL = {
    "serves": 2,
    "workers": 1,
    "companions": 6,
    "real_companions": 0,
    "hosts": 2,
    "patience": 60.0,
    "approval_ttl": 20.0,
}
STORMS: dict[str, dict[str, Any]] = {
    "no-version": SMALL
    | {
        "workers": 3,
        "tasks": 500,
        "rate": 16.0,
        "fault_gap": 0.7,
        "shortest_storm": 25.0,
        "only": ("suspend_serve", "suspend_worker"),
    },
    "renew-by-owner": SMALL
    | {
        "tasks": 500,
        "rate": 25.0,
        "fault_gap": 4.0,
        "shortest_storm": 20.0,
        "only": ("crash", "crash_in_commit"),
    },
    "no-look-up": SMALL
    | {"tasks": 80, "rate": 4.0, "fault_gap": 3.0, "shortest_storm": 20.0, "only": ("lost",)},
    "early-acknowledgement": SMALL
    | {"tasks": 200, "rate": 8.0, "shortest_storm": 25.0, "only": ("crash", "kill_serve")},
    "no-journal": SMALL
    | {"tasks": 200, "rate": 4.0, "fault_gap": 3.0, "only": ("kill_companion",)},
    "decide-anyway": SMALL | {"tasks": 120, "rate": 6.0, "only": ("none",), "shortest_storm": 20.0},
    "no-announcer-lease": SMALL
    | {"tasks": 40, "rate": 4.0, "only": ("none",), "shortest_storm": 10.0},
}

if __name__ == "__main__":
    BREAKAGES[sys.argv[1]]()
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
