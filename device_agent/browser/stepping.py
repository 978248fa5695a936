"""What each action of the browser stands on: its step, and what became of the page."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Error

from device_agent.browser.chrome import NAVIGATION_SECONDS, Chrome
from device_agent.browser.elements import changes
from device_agent.browser.looking import present, snapshot, where
from device_agent.browser.meant import Given, Outcome
from device_agent.browser.tabs import Desk, Tab

# A click sends its page on its way within a moment, or not at all.
MOMENT_SECONDS = 0.4
LOAD_SECONDS = 5.0


@dataclass
class Doing:
    """One step at a thread's desk; given is what an upload gives, folder is for what comes."""

    chrome: Chrome
    thread_id: str
    desk: Desk
    folder: Path
    given: Given | None = None

    @property
    def tab(self) -> Tab:
        """The thread's present tab; raises NoPage."""
        return present(self.chrome, self.thread_id)


async def act(
    doing: Doing, what: str, touch: Callable[[], Awaitable[object]], *, screenshot: bool = False
) -> Outcome:
    """Do something to the page, let it come to rest, and tell what is new on it."""
    tab = doing.tab
    before, url = tab.tree or await _tree(tab), tab.page.url
    tab.departed.clear()
    await touch()
    await _come_to_rest(tab)
    tab = doing.tab
    news = _news(before, await _tree(tab), moved=tab.page.url != url)
    files = await picture(tab, wanted=screenshot)
    return Outcome((what, await where(tab), *news), files=files)


async def _tree(tab: Tab) -> str:
    """The page as a tree; one that can't be read just now has an empty one."""
    try:
        return await snapshot(tab)
    except Error:
        return ""


def _news(before: str, after: str, *, moved: bool) -> tuple[str, ...]:
    if new := changes(before, after):
        return (f"New on the page: {'; '.join(new)}",)
    return () if moved else ("Nothing new is to be seen on the page.",)


async def picture(tab: Tab, *, wanted: bool) -> tuple[tuple[str, bytes | Path], ...]:
    return (("screenshot.png", await tab.page.screenshot(type="png")),) if wanted else ()


async def _come_to_rest(tab: Tab) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(tab.departed.wait(), MOMENT_SECONDS)
        await asyncio.wait_for(tab.at_rest.wait(), NAVIGATION_SECONDS)
    await loaded(tab)


async def loaded(tab: Tab) -> None:
    """Wait a while for what the page still fetches; one that never ends is taken as it is."""
    with contextlib.suppress(Error):
        await tab.page.wait_for_load_state("load", timeout=LOAD_SECONDS * 1000)
