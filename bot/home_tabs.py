"""App Home, kept true for the people who opened it within the last hour."""

import asyncio
import logging
import time
from collections.abc import Callable

from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.home import home_view
from bot.connection.identity import FAULTS, reason_of
from bot.keys import person_key
from dispatch_core.dispatcher.door import Dispatcher

log = logging.getLogger(__name__)

KEPT_SECONDS = 3_600.0
PAUSE_SECONDS = 1.0  # for each Home in a round: views.publish allows about a hundred a minute
PRESENCE_SECONDS = 60.0  # a device's presence changes without an entry


class HomeTabs:
    """Who looks at their Home, and what they saw last."""

    def __init__(
        self,
        client: AsyncWebClient,
        dispatcher: Dispatcher,
        team: str,
        clock: Callable[[], float] = time.monotonic,
        pause: float = PAUSE_SECONDS,
    ) -> None:
        self._client = client
        self._dispatcher = dispatcher
        self._team = team
        self._clock = clock
        self._pause = pause
        self._opened: dict[str, float] = {}
        self._shown: dict[str, str] = {}
        self._poked: dict[str, asyncio.Task[None]] = {}

    def poke(self, user: str) -> None:
        """A person has just acted: their Home, if they look at it, is redrawn at once."""
        if user in self._opened and user not in self._poked:
            task = self._poked[user] = asyncio.create_task(self._try(user))
            task.add_done_callback(lambda _: self._poked.pop(user, None))

    async def open(self, user: str) -> None:
        """Draw a person's Home now, and keep it true for an hour."""
        self._opened[user] = self._clock()
        self._shown.pop(user, None)
        await self.refresh(user)

    async def refresh(self, user: str) -> None:
        """Redraw a person's Home if they look at it and it would look different."""
        if user not in self._opened:
            return
        view = home_view(await self._dispatcher.home(person_key(self._team, user)))
        drawn = view.to_dict()
        if self._shown.get(user) != (text := repr(drawn)):
            await self.publish(user, view)
            self._shown[user] = text

    async def publish(self, user: str, view: View) -> None:
        """Show a view as a person's Home."""
        await self._client.views_publish(user_id=user, view=view)

    async def run(self) -> None:
        """Follow the entries, round by round; ends when it is cancelled."""
        while True:
            # Listen before drawing: a change during the round must begin the next one.
            changes = asyncio.ensure_future(self._dispatcher.changes(PRESENCE_SECONDS))
            try:
                await asyncio.sleep(0)
                await self._round()
                await changes
            finally:
                changes.cancel()

    async def _round(self) -> None:
        self._forget()
        for user in tuple(self._opened):
            await self._try(user)
            await asyncio.sleep(self._pause)

    async def _try(self, user: str) -> None:
        try:
            await self.refresh(user)
        except FAULTS as fault:
            why = reason_of(fault)
            log.warning("Slack did not take a Home (%s); the next change tries anew", why)
        except Exception:
            # A Home is looked at and nothing more; no fault in it may end the service.
            log.exception("A Home was not redrawn")

    def _forget(self) -> None:
        oldest = self._clock() - KEPT_SECONDS
        for user in [user for user, when in self._opened.items() if when < oldest]:
            del self._opened[user]
            self._shown.pop(user, None)
