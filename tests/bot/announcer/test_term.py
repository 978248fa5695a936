"""A term of the announcer's lease: nothing is posted but while it surely lasts."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.announcer.calls import Later
from bot.announcer.meter import NoMeter
from bot.announcer.term import LEASE_SECONDS, MARGIN_SECONDS, RENEW_SECONDS, LeaseLost, Term
from bot.announcer.wire import MUTE_SECONDS, Wire
from dispatch_core.errors import StoreUnavailable
from tests.bot.announcer.shelf import Shelf, words

SURE = LEASE_SECONDS - MARGIN_SECONDS


class HandClock:
    """A clock that a test moves; who rests goes on when the time has come."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self._resting: list[tuple[float, asyncio.Event]] = []

    def time(self) -> float:
        return self.now

    def steady(self) -> float:
        return self.now

    async def rest(self, seconds: float, until: asyncio.Event | None = None) -> None:
        due = asyncio.Event()
        self._resting.append((self.now + seconds, due))
        await due.wait()

    async def move(self, seconds: float) -> None:
        """Let time pass, and let all who were woken do what they do then."""
        self.now += seconds
        for end, due in self._resting:
            if end <= self.now:
                due.set()
        for _ in range(20):
            await asyncio.sleep(0)


class Leased(Shelf):
    """A shelf whose lease runs out, and whose database may be away."""

    away = False

    async def take_announcer(self, owner: str, seconds: float) -> float:
        return seconds if await super().take_announcer(owner, seconds) else 0.0

    async def renew_announcer(self, owner: str, seconds: float) -> float:
        if self.away:
            raise StoreUnavailable(why="it restarts")
        return await super().renew_announcer(owner, seconds)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def shelf(tmp_path: Path) -> Leased:
    return Leased(tmp_path)


@asynccontextmanager
async def kept(shelf: Shelf, clock: HandClock) -> AsyncIterator[Term]:
    """A term that was taken, and is renewed."""
    term = Term(shelf, clock)
    assert await term.take()
    keeping = asyncio.create_task(term.keep())
    await clock.move(0)
    try:
        yield term
    finally:
        keeping.cancel()


async def is_sure(term: Term) -> bool:
    """Whether something may be sent now; LeaseLost where never again."""
    asking = asyncio.ensure_future(term.sure())
    for _ in range(5):
        await asyncio.sleep(0)
    if asking.done():
        asking.result()
        return True
    asking.cancel()
    return False


async def test_a_lease_that_is_renewed_is_sure_for_ever(shelf: Leased, clock: HandClock) -> None:
    async with kept(shelf, clock) as term:
        for _ in range(10):
            await clock.move(RENEW_SECONDS)
            assert await is_sure(term)


async def test_nothing_is_sent_on_a_lease_that_may_have_run_out(
    shelf: Leased, clock: HandClock
) -> None:
    async with kept(shelf, clock) as term:
        shelf.away = True
        await clock.move(SURE - 0.1)
        assert await is_sure(term)
        await clock.move(0.2)
        assert not await is_sure(term)
        waiting = asyncio.ensure_future(term.sure())
        shelf.away = False
        await clock.move(RENEW_SECONDS)
        await asyncio.wait_for(waiting, 30)


async def test_a_process_that_wakes_up_late_sends_nothing_before_it_has_asked(
    shelf: Leased, clock: HandClock
) -> None:
    async with kept(shelf, clock) as term:
        # Suspended: the time goes on, and nothing in the process does.
        clock.now += LEASE_SECONDS
        assert not await is_sure(term)
        shelf.holder = "another"
        await clock.move(RENEW_SECONDS)
        with pytest.raises(LeaseLost):
            await is_sure(term)


async def test_a_slow_answer_to_a_renewal_gains_no_time(shelf: Leased, clock: HandClock) -> None:
    term = Term(shelf, clock)
    take = shelf.take_announcer

    async def slow(owner: str, seconds: float) -> float:
        held = await take(owner, seconds)
        clock.now += 3
        return held

    shelf.take_announcer = slow  # type: ignore[method-assign]
    assert await term.take()
    await clock.move(SURE - 3 - 0.1)
    assert await is_sure(term)
    await clock.move(0.2)
    assert not await is_sure(term)


async def test_a_lost_lease_ends_all_who_wait_for_it(shelf: Leased, clock: HandClock) -> None:
    async with kept(shelf, clock) as term:
        shelf.away = True
        await clock.move(SURE + 1)
        waiting = [asyncio.ensure_future(term.sure()) for _ in range(3)]
        over = asyncio.ensure_future(term.over())
        await clock.move(0)
        term.lose()
        await asyncio.wait_for(over, 30)
        for one in waiting:
            with pytest.raises(LeaseLost):
                await asyncio.wait_for(one, 30)


async def test_a_call_on_a_lost_lease_never_leaves(shelf: Leased, clock: HandClock) -> None:
    async def request() -> None:
        raise AssertionError("it was sent")

    term = Term(shelf, clock)
    term.lose()
    wire = Wire(term, NoMeter(), clock)
    entry = shelf.entries[shelf.add("T1:C1:1.0", words("hello"))]
    with pytest.raises(LeaseLost):
        await wire.post(entry, request())  # type: ignore[arg-type]
    assert wire.posted == {}


async def fails() -> AsyncSlackResponse:
    raise aiohttp.ClientConnectionError


async def test_who_cannot_reach_slack_for_long_lets_another_try(
    shelf: Leased, clock: HandClock
) -> None:
    async with kept(shelf, clock) as term:
        wire = Wire(term, NoMeter(), clock)
        for _ in range(3):
            with pytest.raises(Later):
                await wire.ask(fails())
            assert not term.resigned
            await clock.move(MUTE_SECONDS / 2.5)
        with pytest.raises(Later):
            await wire.ask(fails())
        await asyncio.wait_for(term.over(), 30)
        assert not term.lost


async def test_the_only_process_of_a_database_renews_nothing(
    tmp_path: Path, clock: HandClock
) -> None:
    alone = Shelf(tmp_path)
    asked: list[str] = []
    alone.renew_announcer = asked.append  # type: ignore[assignment]
    async with kept(alone, clock) as term:
        await clock.move(3_600)
        assert await is_sure(term)
    assert asked == []
    assert await alone.take_announcer(term.owner, 6) == math.inf


async def test_no_two_terms_have_one_name(shelf: Leased, clock: HandClock) -> None:
    assert Term(shelf, clock).owner != Term(shelf, clock).owner
