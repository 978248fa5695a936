"""What each action of the browser stands on: its step, and what became of the page."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Error

from device_agent.browser.chrome import NAVIGATION_SECONDS, Chrome
from device_agent.browser.elements import changes
from device_agent.browser.looking import Sight, present, sight
from device_agent.browser.meant import Given, Outcome
from device_agent.browser.tabs import Desk, Tab

# A click sends its page on its way within a moment, or not at all.
MOMENT_SECONDS = 0.4
LOAD_SECONDS = 5.0
_CODES = {
    "ERR_SOCKS_CONNECTION_HOST_UNREACHABLE": "there is no such host, or it does not answer.",
    "ERR_SOCKS_CONNECTION_FAILED": "this device's owner does not let the browser go there.",
    "ERR_CERT": "the site's certificate is not trusted here.",
    "ERR_ABORTED": "it was not followed.",
    "Download is starting": "it brings a file; write `download ADDRESS` to have it.",
    "Target page, context or browser has been closed": "its tab was closed, or the browser ended.",
    "Target crashed": "the page crashed.",
    "Timeout": "the page took too long.",
}


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
    before = await sight(tab)
    tab.departed.clear()
    await touch()
    await _come_to_rest(tab)
    tab = doing.tab
    after = await sight(tab)
    files = await picture(tab, wanted=screenshot)
    return Outcome((what, where(after), *_news(before, after)), files=files)


def _news(before: Sight, after: Sight) -> tuple[str, ...]:
    if new := changes(before.snapshot, after.snapshot):
        return (f"New on the page: {'; '.join(new)}",)
    return () if before.url != after.url else ("Nothing new is to be seen on the page.",)


def where(seen: Sight) -> str:
    return f"{seen.title or 'No title'} — {seen.url}"


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


async def forget_if_gone(chrome: Chrome, error: Error) -> None:
    """A driver that was killed tells nobody that its browser is gone."""
    if "Connection closed" in error.message:
        await chrome.give_up()


def first_line(error: Error) -> str:
    """A sentence: Playwright's error without its call and its log, in words where it has some."""
    line = error.message.split("\n", 1)[0]
    known = next((words for code, words in _CODES.items() if code in line), None)
    return known or f"{(line.partition(': ')[2] or line).rstrip('.')}."
