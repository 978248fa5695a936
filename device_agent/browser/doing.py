"""Does one step at a thread's desk in the browser."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from playwright.async_api import Error

from device_agent.browser import acting, asks, bringing
from device_agent.browser.asks import Ask
from device_agent.browser.chrome import Chrome
from device_agent.browser.errors import PageFailed
from device_agent.browser.failing import first_line, forget_if_gone
from device_agent.browser.looking import where
from device_agent.browser.meant import Given, Outcome
from device_agent.browser.stepping import Doing
from device_agent.browser.tabs import Desk, Tab

CLOSE_SECONDS = 3.0


async def do(
    chrome: Chrome, thread_id: str, ask: Ask, folder: Path, given: Given | None = None
) -> Outcome:
    """Do a step; raises DispatchError for what a sentence explains.

    One that is cancelled loses its tab: what Playwright was told goes on until its page is gone.
    """
    async with chrome.at_work(thread_id) as desk:
        doing = Doing(chrome, thread_id, desk, folder, given)
        try:
            outcome = await _ACTIONS[type(ask)](doing, ask)
        except asyncio.CancelledError:
            await _drop(desk)
            raise
        except Error as error:
            await forget_if_gone(chrome, error)
            lines = [first_line(error), *desk.take_notes()]
            raise PageFailed(what=f"`{ask.action}`", why=" ".join(lines)) from None
        for tab in desk.tabs:
            tab.asked.pop(getattr(ask, "ref", None) or "", None)
        return Outcome((*outcome.lines, *desk.take_notes()), outcome.tree, outcome.files)


async def _tabs(doing: Doing, _ask: asks.Tabs) -> Outcome:
    lines = [await _line(number, doing, tab) for number, tab in enumerate(doing.desk.tabs, 1)]
    return Outcome(tuple(lines) or ("No tab is open in this thread.",))


async def _line(number: int, doing: Doing, tab: Tab) -> str:
    mark = " (the present one)" if tab is doing.desk.current else ""
    return f"{number}. {await tab.page.title() or 'No title'} — {tab.page.url}{mark}"


async def _tab(doing: Doing, ask: asks.Tab) -> Outcome:
    doing.desk.current = doing.desk.numbered(ask.number)
    return Outcome((await where(doing.desk.current),))


async def _close(doing: Doing, ask: asks.Close) -> Outcome:
    every = list(doing.desk.tabs)
    going = every if ask.number is None else [doing.desk.numbered(ask.number)]
    for tab in going:
        await tab.page.close()
    doing.desk.opened = bool(doing.desk.tabs)
    return Outcome((f"Closed {len(going)} of {len(every)} tabs.",))


async def _drop(desk: Desk) -> None:
    if desk.current is not None:
        with contextlib.suppress(Error, TimeoutError):
            await asyncio.wait_for(desk.current.page.close(), CLOSE_SECONDS)


_ACTIONS: dict[type, Callable[[Doing, Any], Awaitable[Outcome]]] = {
    asks.Open: bringing.open_address,
    asks.Snapshot: bringing.snapshot,
    asks.Click: acting.click,
    asks.Type: acting.fill,
    asks.Select: acting.select,
    asks.Press: acting.press,
    asks.Wait: bringing.wait,
    asks.Screenshot: bringing.screenshot,
    asks.Pdf: bringing.pdf,
    asks.Download: bringing.download,
    asks.Upload: acting.upload,
    asks.Tabs: _tabs,
    asks.Tab: _tab,
    asks.Back: acting.back,
    asks.Close: _close,
}
