"""A process that is suspended in the middle of what it does, as by SIGSTOP, and comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.announcer.announcer import Announcer
from tests.bot.announcer.bench import Bench


@dataclass
class Freezer:
    """Suspends a process at its nth step: before it, or after it and before its answer is read."""

    step: int
    after: bool
    taken: int = 0
    frozen: asyncio.Event = field(default_factory=asyncio.Event)
    thawed: asyncio.Event = field(default_factory=asyncio.Event)

    async def begin(self, *, counts: bool = True) -> None:
        self.taken += counts
        if counts and self.taken == self.step and not self.after:
            self.frozen.set()
        await self._wait()

    async def end(self, *, counts: bool = True) -> None:
        if counts and self.taken == self.step and self.after:
            self.frozen.set()
        await self._wait()

    async def _wait(self) -> None:
        if self.frozen.is_set():
            await self.thawed.wait()


class SuspendedOutbox:
    """The outbox as a process that may be suspended reaches it; what writes is a step."""

    def __init__(self, outbox: Any, freezer: Freezer) -> None:
        self._outbox, self._freezer = outbox, freezer

    def __getattr__(self, name: str) -> Any:
        verb = getattr(self._outbox, name)
        counts = name in {"note_attempt", "announced"}

        async def slow(*facts: Any, **named: Any) -> Any:
            await self._freezer.begin(counts=counts)
            answer = await verb(*facts, **named)
            await self._freezer.end(counts=counts)
            return answer

        return slow


@dataclass
class Counted:
    """A meter that remembers."""

    standing: bool | None = None
    errors: list[str] = field(default_factory=list)
    shown: int = 0

    def slack_error(self, kind: str) -> None:
        self.errors.append(kind)

    def announced(self) -> None:
        self.shown += 1

    def standing_by(self, standing_by: bool) -> None:
        self.standing = standing_by


@dataclass
class Process:
    """An announcer at work, and what its process may be made to suffer."""

    announcer: Announcer
    freezer: Freezer
    meter: Counted


@asynccontextmanager
async def process(
    bench: Bench, step: int = 0, *, after: bool = False, desk: Any = None
) -> AsyncIterator[Process]:
    """A process that announces, and is suspended at its nth call of Slack or of the database.

    desk is the outbox that it reaches, where that is not the bench's shelf.
    """
    freezer, meter = Freezer(step, after), Counted()
    trace = aiohttp.TraceConfig()

    async def begin(*_: Any) -> None:
        await freezer.begin()

    async def end(*_: Any) -> None:
        await freezer.end()

    trace.on_request_start.append(begin)
    trace.on_request_end.append(end)
    async with aiohttp.ClientSession(trace_configs=[trace]) as session:
        outbox: Any = SuspendedOutbox(desk or bench.shelf, freezer)
        announcer = bench.announcer(outbox, session, meter)
        announcing = asyncio.create_task(announcer.run())
        try:
            yield Process(announcer, freezer, meter)
        finally:
            freezer.thawed.set()
            announcing.cancel()
            with suppress(asyncio.CancelledError):
                await announcing
