"""Actions that bring something: an address, a snapshot, a picture, a document, a file."""

import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Download as PageDownload
from playwright.async_api import Error
from playwright.async_api import TimeoutError as PageTimeout

from device_agent.browser import asks
from device_agent.browser.chrome import NAVIGATION_SECONDS
from device_agent.browser.errors import PageFailed, SiteRefused
from device_agent.browser.failing import first_line, forget_if_gone
from device_agent.browser.looking import find, place, where
from device_agent.browser.looking import snapshot as tree_of
from device_agent.browser.meant import Outcome
from device_agent.browser.stepping import (
    Doing,
    loaded,
    picture,
)
from device_agent.browser.tabs import Tab
from device_agent.browser.urls import Address, read_url

MAX_TREE_CHARS = 100_000
HTTP_ERROR = 400


async def open_address(doing: Doing, ask: asks.Open) -> Outcome:
    """Go to an address; its site is one of the thread's from now on."""
    address = read_url(ask.url)
    tab = await doing.chrome.tab(doing.thread_id)
    doing.desk.sites.add(address.site)
    try:
        answer = await tab.page.goto(address.url, wait_until="domcontentloaded")
    except Error as error:
        raise await _why_not_open(doing, address, error) from None
    await loaded(tab)
    status = answer.status if answer is not None else 0
    said = (f"The site answered with {status}.",) if status >= HTTP_ERROR else ()
    return Outcome((await where(tab), *said), files=await picture(tab, wanted=ask.screenshot))


async def _why_not_open(doing: Doing, address: Address, error: Error) -> Exception:
    site, notes = address.site, doing.desk.take_notes()
    why = doing.chrome.gate.why_not(site.host, site.port)
    if "ERR_SOCKS" in error.message and why:
        return SiteRefused(site=str(site), why=why)
    if notes:
        return PageFailed(what=f"Opening {address.url}", why=" ".join(notes))
    await forget_if_gone(doing.chrome, error)
    return PageFailed(what=f"Opening {address.url}", why=first_line(error))


async def snapshot(doing: Doing, _ask: asks.Snapshot) -> Outcome:
    """The page as a tree, whose refs count until its next document."""
    tab = doing.tab
    tree = await tree_of(tab)
    tab.shown = tab.document
    left_out = len(tree) - MAX_TREE_CHARS
    if left_out > 0:
        tree = f"{tree[:MAX_TREE_CHARS]}\n… {left_out} characters left out …"
    return Outcome((await where(tab),), tree=tree)


async def wait(doing: Doing, ask: asks.Wait) -> Outcome:
    """Until the page shows a text, or for some seconds."""
    tab = doing.tab
    if ask.seconds is not None:
        await tab.page.wait_for_timeout(ask.seconds * 1000)
        return Outcome((f"Waited {ask.seconds:g} s.", await where(tab)))
    words = tab.page.get_by_text(ask.text or "").filter(visible=True).first
    try:
        await words.wait_for(timeout=asks.MAX_WAIT_SECONDS * 1000)
    except PageTimeout:
        raise PageFailed(what="`wait`", why=f"the page does not show “{ask.text}”.") from None
    return Outcome((f"The page shows “{ask.text}”.", await where(tab)))


async def screenshot(doing: Doing, _ask: asks.Screenshot) -> Outcome:
    """A picture of what the tab shows."""
    tab = doing.tab
    return Outcome((await where(tab),), files=await picture(tab, wanted=True))


async def pdf(doing: Doing, _ask: asks.Pdf) -> Outcome:
    """The whole page as a document."""
    tab = doing.tab
    document = await tab.page.pdf(print_background=True)
    return Outcome((await where(tab),), files=(("page.pdf", document),))


async def download(doing: Doing, ask: asks.Download) -> Outcome:
    """The file that an address or an element brings."""
    if ask.url is not None:
        return await _download_address(doing, read_url(ask.url))
    element = await find(doing.tab, ask)
    file = await _receive(doing, doing.tab, place(doing.tab, element).click)
    told = (f"Downloaded {file.name} by {element.label}.", await where(doing.tab))
    return Outcome(told, files=((file.name, file),))


async def _download_address(doing: Doing, address: Address) -> Outcome:
    tab = await doing.chrome.tab(doing.thread_id)
    doing.desk.sites.add(address.site)

    async def go() -> None:
        with contextlib.suppress(Error):  # a page that turns out to be a file is told as a failure
            await tab.page.goto(address.url, wait_until="commit")

    file = await _receive(doing, tab, go)
    return Outcome((f"Downloaded {file.name} from {address.site}.",), files=((file.name, file),))


async def _receive(doing: Doing, tab: Tab, start: Callable[[], Awaitable[None]]) -> Path:
    """The file that comes when something is pressed, under its own name in the step's folder."""
    tab.downloading = True
    try:
        async with tab.page.expect_download(timeout=NAVIGATION_SECONDS * 1000) as coming:
            await start()
        download: PageDownload = await coming.value
    except PageTimeout:
        raise PageFailed(what="`download`", why="no file came.") from None
    finally:
        tab.downloading = False
    name = Path(download.suggested_filename).name or "download"
    target = doing.folder / name
    await download.save_as(target)
    return target
