"""Actions that touch the page: click, type, select, press, upload, back."""

import mimetypes

from playwright.async_api import FilePayload

from device_agent.browser import asks
from device_agent.browser.errors import PageFailed
from device_agent.browser.looking import find, place
from device_agent.browser.meant import Outcome
from device_agent.browser.stepping import Doing, act


async def click(doing: Doing, ask: asks.Click) -> Outcome:
    """Press an element."""
    element = await find(doing.tab, ask)
    what = f"Clicked {element.label}."
    return await act(doing, what, place(doing.tab, element).click, screenshot=ask.screenshot)


async def fill(doing: Doing, ask: asks.Type) -> Outcome:
    """Put text in place of what a field holds."""
    element = await find(doing.tab, ask)

    async def put() -> None:
        await place(doing.tab, element).fill(ask.value)

    what = f"Typed {len(ask.value)} characters into {element.label}."
    return await act(doing, what, put, screenshot=ask.screenshot)


async def select(doing: Doing, ask: asks.Select) -> Outcome:
    """Choose an option of a list by its value or its label."""
    element = await find(doing.tab, ask)

    async def choose() -> None:
        await place(doing.tab, element).select_option(ask.value)

    what = f"Chose “{ask.value}” in {element.label}."
    return await act(doing, what, choose, screenshot=ask.screenshot)


async def press(doing: Doing, ask: asks.Press) -> Outcome:
    """Press a key where the page's focus is."""

    async def strike() -> None:
        await doing.tab.page.keyboard.press(ask.key)

    return await act(doing, f"Pressed {ask.key}.", strike, screenshot=ask.screenshot)


async def upload(doing: Doing, ask: asks.Upload) -> Outcome:
    """Answer the page's question for a file."""
    element, file = await find(doing.tab, ask), doing.given
    if file is None:
        raise PageFailed(what="`upload`", why="there is no file.")
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    held: FilePayload = {"name": file.name, "mimeType": kind, "buffer": file.content}

    async def give() -> None:
        async with doing.tab.page.expect_file_chooser() as chooser:
            await place(doing.tab, element).click()
        await (await chooser.value).set_files(held)

    return await act(doing, f"Gave {file.name} to {element.label}.", give)


async def back(doing: Doing, _ask: asks.Back) -> Outcome:
    """Return to the page before."""

    async def return_() -> None:
        await doing.tab.page.go_back(wait_until="domcontentloaded")

    return await act(doing, "Went back.", return_)
