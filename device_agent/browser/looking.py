"""What a step would touch, found out without touching it; and what a page shows."""

from playwright.async_api import Error, Locator

from device_agent.browser.asks import Ask, Press, Type
from device_agent.browser.chrome import Chrome
from device_agent.browser.elements import (
    Element,
    by_text,
    elements_of,
    filled,
    focused,
    without_value,
)
from device_agent.browser.errors import (
    ElementGone,
    NoPage,
    NoSnapshot,
    NoSuchText,
    PageFailed,
    SeveralSay,
)
from device_agent.browser.failing import first_line, forget_if_gone
from device_agent.browser.meant import Meant, names_element
from device_agent.browser.tabs import Tab
from device_agent.browser.urls import site_of

# A frame that can't be read is left out after this time.
SNAPSHOT_SECONDS = 10.0
MAX_TITLE_CHARS = 200
# What is typed there is for nobody's eyes: passwords, codes, the numbers of cards.
_IS_HIDDEN = """node => node.type === 'password'
    || /password|one-time-code|^cc-/.test(node.getAttribute('autocomplete') || '')"""


async def look(chrome: Chrome, thread_id: str, ask: Ask) -> Meant:
    """The page and the element that a step means; raises NoPage, NoSnapshot, NoSuchText, …"""
    try:
        return await _look(present(chrome, thread_id), ask)
    except Error as error:
        await forget_if_gone(chrome, error)
        raise PageFailed(what="Looking at the page", why=first_line(error)) from None


async def _look(tab: Tab, ask: Ask) -> Meant:
    site = site_of(tab.page.url)
    if site is None:
        raise NoPage(why=": the tab is empty")
    title = (await tab.page.title())[:MAX_TITLE_CHARS]
    if isinstance(ask, Press):
        holder = focused(await snapshot(tab))
        return Meant(site, title, holder.label if holder else "")
    if not names_element(ask):
        return Meant(site, title)
    element = await find(tab, ask)
    secret = isinstance(ask, Type) and bool(await place(tab, element).evaluate(_IS_HIDDEN))
    if (ref := getattr(ask, "ref", None)) is None:
        return Meant(site, title, element.label, secret)
    tab.asked[ref] = element
    where_it_is = f"{tab.name} {tab.document} {element.ref}"
    moved = element.ref != ref or tab.shown != tab.document
    return Meant(site, title, element.label, secret, where_it_is, moved)


def present(chrome: Chrome, thread_id: str) -> Tab:
    """The tab that a thread works in; raises NoPage, which says what befell it."""
    lost = chrome.why_lost(thread_id)
    return chrome.desk(thread_id).tab(f": {lost}" if lost else "")


async def find(tab: Tab, ask: Ask) -> Element:
    """The one element that a ref or a text means now.

    A page that is loaded or drawn anew gives its elements new refs. What somebody was asked about
    is then found by its role and name; its other place makes it a drift, so it is asked anew.
    Raises NoSnapshot, ElementGone, NoSuchText, …
    """
    ref, text = getattr(ask, "ref", None), getattr(ask, "text", None)
    if ref is None:
        return _only(by_text(elements_of(await snapshot(tab)), text or ""), text or "")
    seen, asked = tab.shown == tab.document, tab.asked.get(ref)
    if not seen and asked is None:
        raise NoSnapshot(ref=ref)
    elements = elements_of(await snapshot(tab))
    found = [element for element in elements if seen and element.ref == ref]
    if not found and asked is not None and asked.says:
        found = [each for each in elements if each.label == asked.label]
    if not found:
        raise ElementGone(ref=ref)
    return _only(found, found[0].says)


def _only(found: list[Element], text: str) -> Element:
    if not found:
        raise NoSuchText(text=text)
    if len(found) > 1:
        raise SeveralSay(count=len(found), text=text)
    return found[0]


def place(tab: Tab, element: Element) -> Locator:
    """Where an element of the last snapshot is."""
    return tab.page.locator(f"aria-ref={element.ref}")


async def snapshot(tab: Tab) -> str:
    """The tree of the page with refs; an element keeps its ref for as long as it is the same.

    What a field for a password holds is left out: the tree would show it in clear.
    """
    tree = await tab.page.aria_snapshot(mode="ai", timeout=SNAPSHOT_SECONDS * 1000)
    for ref in filled(tree):
        field = tab.page.locator(f"aria-ref={ref}")
        try:
            hidden = bool(await field.evaluate(_IS_HIDDEN, timeout=SNAPSHOT_SECONDS * 1000))
        except Error:
            hidden = True  # it went away meanwhile: nobody can say what it was
        tree = without_value(tree, ref) if hidden else tree
    tab.tree = tree
    return tree


async def where(tab: Tab) -> str:
    """The title and the address of what a tab shows."""
    title = (await tab.page.title())[:MAX_TITLE_CHARS]
    return f"{title or 'No title'} — {tab.page.url}"
