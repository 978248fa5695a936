"""Keeps Slack equal to the thread's entries, in whichever process is the announcer."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from slack_sdk.web.async_client import AsyncWebClient

from bot.announcer.channels import Channels
from bot.announcer.meter import Meter, NoMeter
from bot.announcer.outbox import Outbox
from bot.announcer.pace import Backoff, Clock, SystemClock
from bot.announcer.showing import Showing
from bot.announcer.term import STANDBY_SECONDS, LeaseLost, Term
from bot.announcer.tidying import Background
from bot.announcer.wire import Wire
from dispatch_core.errors import DispatchError

CLOSING_SECONDS = 4.0
TIDYING_SECONDS = 1.0
# Who gave up, since it can't reach Slack, leaves the others the time to take over.
ASIDE_SECONDS = 3.0

log = logging.getLogger(__name__)


class Announcer:
    """Posts every entry once and edits it in place, over lost answers, limits and restarts.

    Of all processes that share a database one announces, while it holds the announcer's lease; the
    others stand by and take over. client must not repeat calls by itself (no retry handlers): a
    post whose answer was lost is looked for, never sent again blindly. Raises ValueError where it
    would.
    """

    def __init__(
        self,
        dispatcher: Outbox,
        client: AsyncWebClient,
        clock: Clock | None = None,
        meter: Meter | None = None,
    ) -> None:
        if client.retry_handlers:
            raise ValueError("the announcer's client must have no retry handlers")
        self._outbox = dispatcher
        self._client = client
        self._clock = clock or SystemClock()
        self._meter = meter or NoMeter()
        self._background = Background()

    async def run(self) -> None:
        """Announce, or stand by, until cancelled; what is being sent then gets a moment to end."""
        try:
            while True:
                async with self._term() as channels:
                    await self._announce(channels)
        finally:
            await self._background.close(TIDYING_SECONDS)

    async def drain(self) -> None:
        """Announce all there is, then return."""
        try:
            async with self._term() as channels:
                await channels.drain()
        finally:
            await self._background.settled()

    @contextlib.asynccontextmanager
    async def _term(self) -> AsyncIterator[Channels]:
        """One holding of the lease, from its taking to its giving up or its loss."""
        term = await self._stand_by()
        keeping = asyncio.create_task(term.keep())
        wire = Wire(term, self._meter, self._clock)
        showing = Showing(self._outbox, self._client, wire, self._clock, self._background)
        channels = Channels(self._outbox, showing, self._clock)
        try:
            yield channels
        finally:
            landed = term.lost or await channels.end_within(CLOSING_SECONDS)
            keeping.cancel()
            if term.lost:
                log.warning("another process has become the announcer")
                channels.close()
                self._background.start(_wind_up(channels))
            elif landed:
                # What was cut off may still land: then the lease is left to run out.
                await self._give_up(term)
        if term.resigned:
            await self._clock.rest(ASIDE_SECONDS)

    async def _announce(self, channels: Channels) -> None:
        """Announce until the lease is lost; raises what else ends it."""
        over = asyncio.create_task(channels.showing.wire.term.over())
        reading = asyncio.create_task(channels.run())
        try:
            await asyncio.wait({over, reading}, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                reading.result()
        finally:
            over.cancel()
            reading.cancel()
            await asyncio.wait({over, reading})

    async def _stand_by(self) -> Term:
        """Wait until this process is the announcer."""
        term, backoff = Term(self._outbox, self._clock), Backoff()
        while True:
            # Listen before asking: what is given up between the two must not be missed.
            freed = asyncio.ensure_future(self._outbox.announcer_freed(STANDBY_SECONDS))
            try:
                await asyncio.sleep(0)
                if await term.take():
                    self._meter.standing_by(False)
                    return term
                self._meter.standing_by(True)
                await freed
                backoff.reset()
            except DispatchError as error:
                log.warning("the announcer's lease can't be asked for now: %s", error)
                await self._clock.rest(backoff.next())
            finally:
                freed.cancel()

    async def _give_up(self, term: Term) -> None:
        try:
            await self._outbox.give_up_announcer(term.owner)
        except DispatchError as error:
            log.info("the announcer's lease is left to run out: %s", error)


async def _wind_up(channels: Channels) -> None:
    """After what was being sent has ended, put right what it may have left."""
    with contextlib.suppress(LeaseLost):
        await channels.ended()
    channels.showing.left_behind()
