"""Notices when the clock that leases and expiries are judged by was set, and then judges nothing.

The database's clock is compared with this process's monotonic one, which nobody sets. After a jump
nothing expires for some minutes: set right meanwhile, the clock has done no harm; left as it is, it
counts from then on. A machine that slept looks the same, and gets the same minutes.
"""

import logging
from datetime import timedelta

from dispatch_core.dispatcher.calm import JUMP_SECONDS
from dispatch_core.dispatcher.room import Parts, Room
from dispatch_core.records import jumps
from dispatch_core.records.transaction import Transaction

log = logging.getLogger(__name__)

# So long whoever runs Dispatch, or NTP, has to set the clock right.
CALM_SECONDS = 300.0


class ClockWatch(Room):
    """Looked at before each tick of the upkeep."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._calm = parts.calm

    async def steady(self) -> bool:
        """Whether time may be judged by now; raises StoreUnavailable."""
        ahead, jump = await self.store.write(self._look)
        self._calm.ahead = ahead
        if abs(jump) >= JUMP_SECONDS:
            self._calm.broken_for(CALM_SECONDS)
            words = "the database's clock jumped by %.0f s; nothing expires for %.0f minutes"
            log.warning(words, jump, CALM_SECONDS / 60)
        return self._calm.holds

    def _look(self, tx: Transaction) -> tuple[float, float]:
        """How far the database's clock is ahead, and by how much it was set since the last look.

        Where it was, leases are counted anew.
        """
        jump = self._calm.jump_to(tx.now)
        if abs(jump) >= JUMP_SECONDS:
            jumps.count_anew(tx, tx.now + timedelta(seconds=self.settings.lease))
        return self._calm.ahead_at(tx.now), jump
