"""Notices a socket that is connected but deaf, and replaces it.

Slack's sockets are known to stay open and bring nothing (bolt-python#1529), to report themselves
connected over a closed session (python-slack-sdk#1913), and to retry a used-up address for ever.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any

from bot.connection.identity import FAULTS, reason_of
from bot.connection.socket_link import CONNECT_SECONDS, SocketLink
from bot.errors import SignInRefused

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
QUIET_SECONDS = 120.0  # without any frame: knock; a quiet night costs one call every two minutes
DOWN_SECONDS = 15.0  # the SDK's own reconnect has this long
LONGEST_PAUSE_SECONDS = 30.0

DOWN = "Slack's socket is down; it is being opened anew."
DEAF = "Slack's socket is open but brings nothing; it is being opened anew."
CONNECTING = "Slack's socket is not open yet."


class Watchdog:
    """Keeps one good link; make is called for each new one. Times are seconds."""

    def __init__(
        self,
        make: Callable[[], SocketLink],
        clock: Callable[[], float] = time.monotonic,
        look: float = LOOK_SECONDS,
        quiet: float = QUIET_SECONDS,
        down: float = DOWN_SECONDS,
        patience: float = CONNECT_SECONDS,
    ) -> None:
        self._make = make
        self._clock = clock
        self._look = look
        self._quiet = quiet
        self._down = down
        self._patience = patience
        self._link: SocketLink | None = None
        self._alive_at = clock()
        self._trouble = CONNECTING

    def readiness(self) -> str:
        """Nothing while events can come, else what is the matter, in a sentence."""
        return self._trouble

    async def start(self) -> None:
        """Open the first link, however long Slack takes; SignInRefused where it says no."""
        pause = 1.0
        while not await self._renew():
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def run(self) -> None:
        """Look after the link until cancelled."""
        while True:
            await asyncio.sleep(self._look)
            await self.check()

    async def check(self) -> None:
        """One look: replace a link that is down too long or does not answer a knock."""
        link = self._link
        if link is None or not await link.alive():
            self._trouble = DOWN
            if link is None or self._clock() - self._alive_at >= self._down:
                await self._renew()
            return
        self._alive_at = self._clock()
        if self._clock() - link.heard_at >= self._quiet and not await self._answers(link):
            self._trouble = DEAF
            log.warning(DEAF)
            await self._renew()
            return
        self._trouble = ""

    async def close(self) -> None:
        """Close the link; events that come later are Slack's to bring again."""
        if self._link is not None:
            link, self._link = self._link, None
            await link.close()

    async def _answers(self, link: SocketLink) -> bool:
        return await self._tried(link.knock(), "a knock")

    async def _renew(self) -> bool:
        await self.close()
        link, good = self._make(), False
        try:
            good = await self._tried(link.open(), "a new socket")
        finally:
            if not good:
                await link.close()
        if good:
            self._link, self._alive_at, self._trouble = link, self._clock(), ""
        return good

    async def _tried(self, work: Coroutine[Any, Any, None], what: str) -> bool:
        try:
            await asyncio.wait_for(work, self._patience)
        except SignInRefused:
            raise
        except FAULTS as fault:
            log.warning("Slack did not answer %s (%s); trying again", what, reason_of(fault))
            return False
        except Exception:
            # The SDK's connecting is known to raise what it should not; the watch goes on.
            log.exception("Slack's socket failed at %s", what)
            return False
        return True
