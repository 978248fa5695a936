"""Fires what is due: one tick of each process, safe whatever the number of processes."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable

from dispatch_core.dispatcher.firing import Firing
from dispatch_core.errors import DispatchError, StoreUnavailable
from dispatch_core.records.schedules import Due

log = logging.getLogger(__name__)

# Whether a person may use Dispatch now; raises DispatchError where the front end can't tell.
Welcome = Callable[[str], Awaitable[bool]]

# A tick waits so long for the front end to say who people are, in seconds, and asks again after.
ASK_SECONDS = 2.0
ASK_AGAIN_SECONDS = 10.0


class Schedules:
    """Before each firing the front end is asked whether the schedule's maker is still welcome.

    A process without a front end fires nothing: it could not ask. What can't be asked now stays
    due, and is fired as soon as the front end answers.
    """

    def __init__(
        self,
        firing: Firing,
        welcome: Welcome | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._firing = firing
        self._welcome = welcome
        self._clock = clock
        self._later: dict[str, float] = {}

    async def tick(self) -> None:
        """Fire what is due now; raises StoreUnavailable."""
        if self._welcome is None:
            return
        due = await self._firing.due()
        if not due:
            return
        answers = await self._ask({one.owner for one in due})
        deeds = [self._do(one, answers[one.owner]) for one in due if one.owner in answers]
        for error in await asyncio.gather(*deeds, return_exceptions=True):
            if isinstance(error, StoreUnavailable):
                raise error
            if isinstance(error, BaseException):
                # One schedule that can't be fired must not keep the others from it.
                log.error("A schedule could not be fired", exc_info=error)

    async def forget_old(self) -> None:
        """Drop what ended long ago."""
        await self._firing.forget_old()

    async def _do(self, one: Due, welcome: bool) -> None:
        if welcome:
            await self._firing.fire(one)
        else:
            await self._firing.halt(one)

    async def _ask(self, owners: Iterable[str]) -> dict[str, bool]:
        """What the front end says of each person; who it says nothing of is asked again later."""
        now = self._clock()
        self._later = {who: when for who, when in self._later.items() if when > now}
        asked = [who for who in owners if who not in self._later]
        answers = await asyncio.gather(*[self._ask_one(who) for who in asked])
        return {
            who: answer for who, answer in zip(asked, answers, strict=True) if answer is not None
        }

    async def _ask_one(self, who: str) -> bool | None:
        if self._welcome is None:
            return None
        try:
            async with asyncio.timeout(ASK_SECONDS):
                return await self._welcome(who)
        except (DispatchError, TimeoutError) as error:
            self._later[who] = self._clock() + ASK_AGAIN_SECONDS
            log.warning("A schedule waits: its maker could not be looked up (%s)", error)
            return None
