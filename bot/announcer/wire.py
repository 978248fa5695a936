"""The line to Slack of one term: it changes a thread only while the lease surely lasts."""

import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.announcer.calls import Trouble, calling
from bot.announcer.meter import Meter
from bot.announcer.pace import Clock
from bot.announcer.term import Term
from dispatch_core.views import ThreadEntry

# A process that hears nothing of Slack for so long lets another try, in seconds.
MUTE_SECONDS = 20.0
MUTE_KINDS = ("no_answer", "misconfigured")

log = logging.getLogger(__name__)

Request = Coroutine[Any, Any, AsyncSlackResponse]


@dataclass(slots=True)
class Wire:
    """Remembers what it sent until the records have it: a lost lease leaves that to be tidied."""

    term: Term
    meter: Meter
    clock: Clock
    drawn: dict[str, ThreadEntry] = field(default_factory=dict)
    """Entries whose message was edited and not recorded: an edit that comes late looks old."""
    posted: dict[str, ThreadEntry] = field(default_factory=dict)
    """Entries that were posted and not recorded: such a post may stand beside another's."""
    _mute_since: float | None = None

    async def ask(self, request: Request) -> AsyncSlackResponse:
        """A call that changes nothing that people see; raises a Trouble."""
        try:
            answer = await calling(request)
        except Trouble as trouble:
            self.meter.slack_error(trouble.kind)
            self._heard(nothing=trouble.kind in MUTE_KINDS)
            raise
        self._heard(nothing=False)
        return answer

    async def post(self, entry: ThreadEntry, request: Request) -> AsyncSlackResponse:
        """Put something new into the entry's thread; raises a Trouble, or LeaseLost."""
        await self._sure(request)
        self.posted[entry.id] = entry
        return await self.ask(request)

    async def edit(self, entry: ThreadEntry, request: Request) -> AsyncSlackResponse:
        """Redraw what stands there; raises a Trouble, or LeaseLost."""
        await self._sure(request)
        self.drawn[entry.id] = entry
        return await self.ask(request)

    def recorded(self, entry: ThreadEntry) -> None:
        """The records have what was sent of this entry."""
        self.posted.pop(entry.id, None)
        self.drawn.pop(entry.id, None)

    def _heard(self, *, nothing: bool) -> None:
        now = self.clock.steady()
        if not nothing:
            self._mute_since = None
        elif self._mute_since is None:
            self._mute_since = now
        elif now - self._mute_since > MUTE_SECONDS and not self.term.resigned:
            log.warning("Slack can't be reached from here: another process may announce")
            self.term.resign()

    async def _sure(self, request: Request) -> None:
        try:
            await self.term.sure()
        except BaseException:
            # It is never awaited now, which Python would warn of.
            request.close()
            raise
