"""The audit trail as whoever runs Dispatch reads it: exported, and checked."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from dispatch_core.audit_trail import (
    BrokenTrail,
    Head,
    Verified,
    canonical,
    end_line,
    follow,
)
from dispatch_core.dispatcher.room import Room
from dispatch_core.records import audit
from dispatch_core.records.transaction import Transaction


class Trail(Room):
    """The verbs behind `dispatch audit`."""

    async def export_audit(self, since: datetime | None = None) -> AsyncIterator[str]:
        """The trail as JSON, a line each, from the first at `since` or later; then its end."""
        seq = await self._before(since)
        last = await self.store.read(partial(audit.line_at, seq=seq))
        while batch := await self.store.read(partial(audit.lines_after, seq=seq)):
            for line in batch:
                yield canonical(line)
            seq, last = batch[-1]["seq"], Head(batch[-1]["seq"], batch[-1]["hash"])
        yield end_line(last)

    async def verify_audit(self) -> Verified:
        """Check the whole trail in the database; raises BrokenTrail at the first broken line."""
        return await self.store.read(_verify)

    async def compare_audit(self, lines: list[dict[str, Any]]) -> None:
        """Check that the database still has these lines; raises BrokenTrail at the first missing.

        So it is seen where somebody wrote the whole trail anew, which no hash in it tells.
        """

        def compare(tx: Transaction) -> None:
            for line in lines:
                if audit.line_at(tx, line["seq"]).hash != line["hash"]:
                    problem = "the database has another line in this place, or none"
                    raise BrokenTrail(where=f"line {line['seq']} of the trail", problem=problem)

        await self.store.read(compare)

    async def _before(self, since: datetime | None) -> int:
        if since is None:
            return 0
        return await self.store.read(lambda tx: audit.before(tx, since))


def _verify(tx: Transaction) -> Verified:
    head, last, first = audit.head_of(tx), Head(), 0
    for _, last in follow(_named(tx)):
        first = first or last.seq
    if first > 1:
        raise BrokenTrail(where=f"line {first} of the trail", problem="all before it are missing")
    if head is None and first:
        raise BrokenTrail(where="the trail's end", problem="the database has lost its mark")
    if head is not None and head != last:
        problem = f"line {head.seq} should be the last, and line {last.seq} is"
        raise BrokenTrail(where=f"after line {last.seq} of the trail", problem=problem)
    return Verified(first, last)


def _named(tx: Transaction) -> Iterator[tuple[str, dict[str, Any]]]:
    seq = 0
    while batch := audit.lines_after(tx, seq):
        for line in batch:
            yield f"line {line['seq']} of the trail", line
        seq = batch[-1]["seq"]
