"""Windows that pages open by themselves: each goes to the thread of its page, or is closed."""

import asyncio
import contextlib
from collections.abc import Callable

from playwright.async_api import BrowserContext, Error, Page, Route

from device_agent.browser.tabs import MAX_TABS, Desk


class Newcomers:
    """Looks at what one browser opens; making is held while somebody makes a page on purpose."""

    def __init__(
        self, context: BrowserContext, desks: Callable[[], list[Desk]], making: asyncio.Lock
    ) -> None:
        self._context = context
        self._desks = desks
        self._making = making

    async def watch(self) -> None:
        """From now on, until the browser ends."""
        self._context.on("page", self._adopt)
        await self._context.route("**/*", self._look_at)

    async def _look_at(self, route: Route) -> None:
        """Let a window that a page opens begin only with a site that some thread was let onto.

        Its own guard (tabs.py) comes too late for its first request.
        """
        request = route.request
        with contextlib.suppress(Error):
            if request.is_navigation_request() and _has_no_frame(route):
                desks = self._desks()
                if not any(desk.may_load(request.url) for desk in desks):
                    for desk in desks:
                        if desk.busy:
                            desk.block(request.url)
                    await route.abort("aborted")
                    return
            await route.continue_()

    async def _adopt(self, page: Page) -> None:
        """Give a window that a page opened to the thread of that page; close any other."""
        with contextlib.suppress(Error):
            opener = await page.opener()
            async with self._making:
                desk = self._desk_of(opener or page)
                if opener is None and desk is not None:
                    return  # it was made by us
                if desk is not None and await self._takes(desk, page):
                    return
            await page.close()

    def _desk_of(self, page: Page) -> Desk | None:
        desks = self._desks()
        return next((desk for desk in desks if any(tab.page == page for tab in desk.tabs)), None)

    async def _takes(self, desk: Desk, page: Page) -> bool:
        if len(desk.tabs) >= MAX_TABS:
            desk.note("It wanted one more tab than a thread can have, which was closed.")
            return False
        if not desk.may_load(page.url):
            desk.block(page.url)
            return False
        await desk.add(page, self._context)
        desk.note("It opened a new tab, which is the present one now.")
        return True


def _has_no_frame(route: Route) -> bool:
    """Playwright tells so of the first request of a new window."""
    try:
        return route.request.frame is None
    except Error:
        return True
