"""The one browser of this device: started at the first page, closed when nobody works in it."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from playwright.async_api import BrowserContext, Error, Playwright, async_playwright

from device_agent.browser.errors import BrowserFailed, NoBrowser
from device_agent.browser.gate import Dial, Gate, Resolve, dial, resolve
from device_agent.browser.holding import Holding, is_wanted
from device_agent.browser.launch import launch
from device_agent.browser.newcomers import Newcomers
from device_agent.browser.probe import find_browser
from device_agent.browser.profile import NO_SANDBOX
from device_agent.browser.tabs import Desk, Tab
from device_agent.browser.urls import Limits

log = logging.getLogger(__name__)

IDLE_SECONDS = 600.0
CLOSE_SECONDS = 10.0
PING_SECONDS = 5.0
ACTION_SECONDS = 10.0
NAVIGATION_SECONDS = 30.0
ENDED_BY_ITSELF = "the browser had ended by itself"
GAVE_WAY = "the browser was closed for the window in which its owner signs in"


class Chrome:
    """Lives on one event loop; each thread has a desk with its tabs, all share one profile."""

    def __init__(
        self,
        profile: Path,
        limits: Callable[[], Limits],
        idle_seconds: float = IDLE_SECONDS,
        resolve: Resolve = resolve,
        dial: Dial = dial,
    ) -> None:
        self._profile = profile
        self._idle_seconds = idle_seconds
        self._gate = Gate(limits, resolve, dial)
        self._holding = Holding(profile, self._give_way)
        self._port = 0
        self._playwright: Playwright | None = None
        self._context: BrowserContext | None = None
        self._desks: dict[str, Desk] = {}
        self._lost: dict[str, str] = {}
        self._starting = asyncio.Lock()
        self._making = asyncio.Lock()
        self._ending = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None
        # Held so that it is not collected while it runs.
        self._clearing: asyncio.Task[None] | None = None

    @property
    def gate(self) -> Gate:
        """What its connections go through."""
        return self._gate

    def why_lost(self, thread_id: str) -> str:
        """What befell a thread's pages, for a sentence; empty where nothing did."""
        return self._lost.get(thread_id, "")

    def desk(self, thread_id: str) -> Desk:
        """A thread's desk, without a tab at first."""
        return self._desks.setdefault(thread_id, Desk())

    @contextlib.asynccontextmanager
    async def at_work(self, thread_id: str) -> AsyncIterator[Desk]:
        """A thread's desk while a step is done at it; the browser stays open meanwhile."""
        self._stay()
        desk = self.desk(thread_id)
        desk.busy = True
        try:
            yield desk
        finally:
            desk.busy = False
            self._stay()
            if is_wanted(self._profile):
                self._give_way()

    async def tab(self, thread_id: str) -> Tab:
        """The thread's tab, opened if it has none; starts the browser where it does not run.

        Raises NoBrowser, BrowserFailed, WindowOpen.
        """
        desk = self.desk(thread_id)
        if desk.current is None:
            context = await self._running()
            if lost := self._lost.pop(thread_id, ""):
                desk.note(f"What was open here before is gone: {lost}. It was started anew.")
            async with self._making:
                try:
                    page = await context.new_page()
                except Error:  # it died, and nobody has heard of it yet
                    await self.give_up()
                    context = await self._running()
                    page = await context.new_page()
                await desk.add(page, context)
        return desk.tab()

    async def close(self) -> None:
        """End the browser and all that belongs to it; what was open is gone."""
        if self._idle:
            self._idle.cancel()
        async with self._ending:
            context, self._context = self._context, None
            playwright, self._playwright = self._playwright, None
            # A browser or a driver that was killed may never answer.
            with contextlib.suppress(Error, TimeoutError):
                if context:
                    await asyncio.wait_for(context.close(), CLOSE_SECONDS)
            with contextlib.suppress(Error, TimeoutError):
                if playwright:
                    await asyncio.wait_for(playwright.stop(), CLOSE_SECONDS)
            await self._gate.close()
            self._holding.release()

    def lose(self, why: str) -> None:
        """Forget every page: the browser is gone, or about to go."""
        for thread_id, desk in self._desks.items():
            if desk.opened:
                self._lost[thread_id] = why
            desk.clear()
        self._desks = {key: desk for key, desk in self._desks.items() if desk.busy}

    async def check(self) -> None:
        """Give the browser up where it does not answer any more."""
        try:
            if self._context:
                await asyncio.wait_for(self._context.cookies("http://localhost"), PING_SECONDS)
        except (Error, TimeoutError):
            await self.give_up()

    async def give_up(self) -> None:
        """Forget a browser that no longer answers, so that the next page starts another."""
        if self._context is not None:
            self._clear_away(ENDED_BY_ITSELF)
        if self._clearing:
            await asyncio.shield(self._clearing)

    async def _running(self) -> BrowserContext:
        async with self._starting:
            if self._clearing:
                await asyncio.shield(self._clearing)
            if self._context is None:
                await self._start()
            assert self._context is not None  # noqa: S101 (it was started just now)
            return self._context

    async def _start(self) -> None:
        executable = find_browser()
        if executable is None:
            raise NoBrowser
        self._holding.take()
        try:
            self._port = await self._gate.open()
            self._playwright = await async_playwright().start()
            self._context = await launch(self._playwright, executable, self._profile, self._port)
        except Error as error:
            await self.close()
            raise BrowserFailed(why=_first_line(error)) from None
        except BaseException:
            await self.close()
            raise
        self._context.on("close", lambda _context: self._ended())
        self._context.set_default_timeout(ACTION_SECONDS * 1000)
        self._context.set_default_navigation_timeout(NAVIGATION_SECONDS * 1000)
        await Newcomers(self._context, lambda: list(self._desks.values()), self._making).watch()
        log.info("The browser %s was started", executable)

    def _ended(self) -> None:
        """The browser is gone; where nobody closed it, it was killed or it crashed."""
        if self._context is not None:
            log.warning("The browser ended by itself; the next page starts it anew")
            self._clear_away(ENDED_BY_ITSELF)

    def _clear_away(self, why: str) -> None:
        """Nobody gets this browser any more; whoever wants one waits until it is gone."""
        self.lose(why)
        self._clearing = asyncio.ensure_future(self.close())

    def _give_way(self) -> None:
        """Let the owner's window have the profile; a step that is under way is waited for."""
        if self._context is not None and not any(desk.busy for desk in self._desks.values()):
            log.info("The browser was closed for the window in which its owner signs in")
            self._clear_away(GAVE_WAY)

    def _stay(self) -> None:
        """Count the idle time from now."""
        if self._idle:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(self._idle_seconds, self._rest)

    def _rest(self) -> None:
        if any(desk.busy for desk in self._desks.values()):
            self._stay()
        elif self._context is not None:
            log.info("Nobody has used the browser for a while, so it was closed")
            minutes = self._idle_seconds / 60
            self._clear_away(f"the browser was closed after {minutes:g} minutes without work")


def _first_line(error: Error) -> str:
    if "No usable sandbox" in error.message:
        return NO_SANDBOX
    return error.message.split("\n", 1)[0].removeprefix("BrowserType.launch_persistent_context: ")
