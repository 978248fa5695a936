"""Notices when the clock that leases and expiries are judged by was set, and then judges nothing.

The database's clock is compared with this process's monotonic one, which nobody sets. After a jump
nothing expires for some minutes: set right meanwhile, the clock has done no harm; left as it is, it
counts from then on. A machine that slept looks the same, and gets the same minutes.
"""

import logging
from datetime import timedelta

from dispatch_core.dispatcher.room import Parts, Room
from dispatch_core.records import jumps
from dispatch_core.records.transaction import Transaction

log = logging.getLogger(__name__)

# Less is slewing, a slow answer, or a second's correction, and harms nobody.
JUMP_SECONDS = 60.0
# So long whoever runs Dispatch, or NTP, has to set the clock right.
CALM_SECONDS = 300.0


class ClockWatch(Room):
    """Looked at before each tick of the upkeep."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._calm = parts.calm
        self._ahead: float | None = None

    async def steady(self) -> bool:
        """Whether time may be judged by now; raises StoreUnavailable."""
        ahead = await self.store.write(self._look)
        jump = 0.0 if self._ahead is None else ahead - self._ahead
        self._ahead = ahead
        if abs(jump) >= JUMP_SECONDS:
            self._calm.broken_for(CALM_SECONDS)
            words = "the database's clock jumped by %.0f s; nothing expires for %.0f minutes"
            log.warning(words, jump, CALM_SECONDS / 60)
        return self._calm.holds

    def _look(self, tx: Transaction) -> float:
        """How far the database's clock is ahead; where that changed, leases are counted anew."""
        ahead = tx.now.timestamp() - self._calm.monotonic()
        if self._ahead is not None and abs(ahead - self._ahead) >= JUMP_SECONDS:
            jumps.count_anew(tx, tx.now + timedelta(seconds=self.settings.lease))
        return ahead
