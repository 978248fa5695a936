"""One unbroken holding of the announcer's lease: while it surely lasts, this process may post."""

import asyncio
import logging
import math
import os
import socket
import uuid

from bot.announcer.outbox import Outbox
from bot.announcer.pace import Clock
from dispatch_core.errors import DispatchError

# A killed holder is followed within LEASE_SECONDS + STANDBY_SECONDS. Two renewals in a row may
# fail or be late before a holder must pause; a database's restart takes about as long.
LEASE_SECONDS = 6.0
RENEW_SECONDS = 2.0
STANDBY_SECONDS = 1.0
# A post is begun only while the lease lasts longer than this, so that it lands before the end.
MARGIN_SECONDS = 1.5

log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another process has become the announcer."""


class Term:
    """Its owner's name is never used again: what an earlier term began can change nothing."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex}"
        self.lost = False
        self.resigned = False
        self._outbox = outbox
        self._clock = clock
        self._sure_until = -math.inf
        self._news = asyncio.Event()

    async def take(self) -> bool:
        """Whether this process is the announcer from now on; may be asked until it is."""
        asked = self._clock.steady()
        return self._held(asked, await self._outbox.take_announcer(self.owner, LEASE_SECONDS))

    async def keep(self) -> None:
        """Renew the lease until it is lost; ends only then, or cancelled."""
        if self._sure_until == math.inf:
            await self.over()
        while not self.lost:
            await self._clock.rest(RENEW_SECONDS)
            asked = self._clock.steady()
            try:
                held = await self._outbox.renew_announcer(self.owner, LEASE_SECONDS)
            except DispatchError as error:
                log.warning("the announcer's lease is not renewed: %s", error)
            else:
                if not self._held(asked, held):
                    self.lose()

    async def sure(self) -> None:
        """Return while the lease surely lasts; waits for a late renewal, raises LeaseLost."""
        while not self.lost:
            if self._clock.steady() < self._sure_until:
                return
            self._news.clear()
            await self._news.wait()
        raise LeaseLost

    def lose(self) -> None:
        """It was found that another process has become the announcer."""
        self.lost = True
        self._news.set()

    def resign(self) -> None:
        """End this term, since another process may do better; where there is none, go on."""
        if self._sure_until != math.inf:
            self.resigned = True
            self._news.set()

    async def over(self) -> None:
        """Return once the lease is lost, or to be given up."""
        while not (self.lost or self.resigned):
            self._news.clear()
            await self._news.wait()

    def _held(self, asked: float, seconds: float) -> bool:
        # The database began to count after the question was asked, so this end comes first.
        if seconds > 0:
            self._sure_until = max(self._sure_until, asked + seconds - MARGIN_SECONDS)
            self._news.set()
        return seconds > 0
