"""What one thread has open: its tabs, the sites it was let onto, and what a page wanted."""

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from playwright.async_api import BrowserContext, CDPSession, Dialog, Download, Error, Frame, Page
from playwright.async_api import Request as PageRequest

from device_agent.browser.elements import Element
from device_agent.browser.errors import NoPage, NoSuchTab
from device_agent.browser.urls import Site, site_of

log = logging.getLogger(__name__)

MAX_TABS = 10
MAX_NOTES = 5
MAX_SHOWN_URL = 300


@dataclass(eq=False)
class Tab:
    """One page; document counts its documents, shown is the one whose refs a person saw.

    tree is the last snapshot of it; asked is what each ref meant about which somebody was asked,
    and which was not acted upon yet. name is like no other tab's.
    """

    page: Page
    document: int = 0
    shown: int = -1
    downloading: bool = False
    tree: str = ""
    asked: dict[str, Element] = field(default_factory=dict)
    name: str = field(default_factory=lambda: token_hex(8))
    # Cleared while the page is on its way to another document.
    at_rest: asyncio.Event = field(default_factory=asyncio.Event)
    departed: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Desk:
    """A thread's tabs. sites are those it was let onto since the browser was started.

    opened tells that it should have a tab: somebody opened one, and nobody closed it.
    """

    sites: set[Site] = field(default_factory=set)
    tabs: list[Tab] = field(default_factory=list)
    current: Tab | None = None
    notes: list[str] = field(default_factory=list)
    busy: bool = False
    opened: bool = False

    def tab(self, why: str = "") -> Tab:
        """The tab that is worked in; raises NoPage."""
        if self.current is None:
            raise NoPage(why=why or (": its tab was closed" if self.opened else ""))
        return self.current

    def numbered(self, number: int) -> Tab:
        """The tab of a number; raises NoSuchTab."""
        if number > len(self.tabs):
            raise NoSuchTab(number=number)
        return self.tabs[number - 1]

    def clear(self) -> None:
        """Begin anew: the browser is gone, and what was open with it."""
        self.tabs.clear()
        self.sites.clear()
        self.current, self.opened = None, False

    def may_load(self, url: str) -> bool:
        """Whether a tab may go to an address without anybody being asked."""
        if url == "about:blank" or url.startswith("chrome-error:"):
            return True
        site = site_of(url.removeprefix("blob:"))
        return site is not None and any(each.leads_to(site) for each in self.sites)

    def note(self, sentence: str) -> None:
        """Remember what a person should hear with the step's result."""
        if len(self.notes) < MAX_NOTES and sentence not in self.notes:
            self.notes.append(sentence)

    def block(self, url: str) -> None:
        """Remember where a page led on to without being followed."""
        shown = url if len(url) <= MAX_SHOWN_URL else url[:MAX_SHOWN_URL] + "…"
        self.note(
            f"The page led on to {shown}, a site that was not opened in this thread, so it was "
            "not followed; write `open ADDRESS` to ask for it."
        )

    def take_notes(self) -> list[str]:
        """What was noted since it was asked last."""
        notes, self.notes = self.notes, []
        return notes

    async def add(self, page: Page, context: BrowserContext) -> Tab:
        """Take a page in, and keep it on the thread's sites from now on."""
        tab = Tab(page)
        tab.at_rest.set()
        self.tabs.append(tab)
        self.current = tab
        self.opened = True
        page.on("close", lambda _page: self._drop(tab))
        page.on("crash", lambda _page: self._crashed(tab))
        page.on("dialog", self._dismiss)
        page.on("download", lambda download: self._refuse_download(tab, download))
        page.on("request", lambda request: _departs(tab, request))
        page.on("requestfailed", lambda request: _stays(tab, request))
        page.on("domcontentloaded", lambda _page: _arrived(tab))
        page.on("framenavigated", lambda frame: self._check(tab, frame))
        await self._guard(await context.new_cdp_session(page))
        return tab

    async def _guard(self, session: CDPSession) -> None:
        """Look at each document that the page is to become, redirects too, before it is asked for.

        Playwright's own routes don't see where a redirect leads.
        """
        tree = await session.send("Page.getFrameTree")
        main = tree["frameTree"]["frame"]["id"]

        async def decide(event: dict[str, Any]) -> None:
            request_id, url = event["requestId"], event["request"]["url"]
            with contextlib.suppress(Error):  # the page may have gone meanwhile
                framed = event["frameId"] != main and event["frameId"] in await _children(session)
                if framed or self.may_load(url):
                    await session.send("Fetch.continueRequest", {"requestId": request_id})
                    return
                self.block(url)
                # "Aborted" leaves the page where it is; any other reason shows an error page.
                reply = {"requestId": request_id, "errorReason": "Aborted"}
                await session.send("Fetch.failRequest", reply)

        session.on("Fetch.requestPaused", lambda event: _start(decide(event)))
        pattern = {"urlPattern": "*", "resourceType": "Document", "requestStage": "Request"}
        await session.send("Fetch.enable", {"patterns": [pattern]})

    def _check(self, tab: Tab, frame: Frame) -> None:
        """The last resort, for a document that came by a way that is not guarded."""
        if frame == tab.page.main_frame and not self.may_load(frame.url):
            self.block(frame.url)
            _start(_leave(tab.page))

    def _drop(self, tab: Tab) -> None:
        if tab in self.tabs:
            self.tabs.remove(tab)
        if self.current is tab:
            self.current = self.tabs[-1] if self.tabs else None

    def _crashed(self, tab: Tab) -> None:
        self.note("The page crashed, so its tab is gone.")
        self._drop(tab)
        _start(_close(tab.page))

    def _dismiss(self, dialog: Dialog) -> None:
        self.note(f"The page asked “{dialog.message[:200]}”; it was dismissed.")
        _start(_quietly(dialog.dismiss()))

    def _refuse_download(self, tab: Tab, download: Download) -> None:
        if tab.downloading:
            return
        name = download.suggested_filename[:100]
        self.note(f"The page offered the file “{name}”, which was not taken: write `download …`.")
        _start(_quietly(download.cancel()))


async def _children(session: CDPSession) -> set[str]:
    """The ids of the frames below the page's own."""
    tree = await session.send("Page.getFrameTree")
    waiting, found = list(tree["frameTree"].get("childFrames", ())), set()
    while waiting:
        each = waiting.pop()
        found.add(each["frame"]["id"])
        waiting.extend(each.get("childFrames", ()))
    return found


def _is_main(tab: Tab, request: PageRequest) -> bool:
    with contextlib.suppress(Error):  # a new window's first request has no frame yet
        return request.is_navigation_request() and request.frame == tab.page.main_frame
    return False


def _departs(tab: Tab, request: PageRequest) -> None:
    if _is_main(tab, request):
        tab.at_rest.clear()
        tab.departed.set()


def _stays(tab: Tab, request: PageRequest) -> None:
    if _is_main(tab, request) and request.failure is not None:
        tab.at_rest.set()


def _arrived(tab: Tab) -> None:
    tab.document += 1
    tab.tree = ""
    tab.at_rest.set()


_running: set[asyncio.Task[None]] = set()


def _start(work: Any) -> None:
    """Do something beside; the set keeps it from being collected while it runs."""
    task = asyncio.ensure_future(work)
    _running.add(task)
    task.add_done_callback(_running.discard)


async def _quietly(work: Any) -> None:
    with contextlib.suppress(Error):
        await work


async def _leave(page: Page) -> None:
    await _quietly(page.goto("about:blank"))


async def _close(page: Page) -> None:
    await _quietly(page.close())
