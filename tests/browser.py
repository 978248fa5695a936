"""A real Chromium for tests that look at a page.

Import the fixtures into a conftest (`from tests.browser import chromium, chromium_page`), and mark
the tests `browser`.
"""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, ConsoleMessage, Error, Page, async_playwright, expect

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""It runs as root in containers, draws without a graphics card, and calls nobody by itself."""
WIDE = (1280, 800)
NARROW = (390, 844)
"""A telephone, in CSS pixels."""
PATIENCE = 60_000.0
"""Milliseconds for whatever a test waits for in a page; it ends as soon as that is there."""
LAUNCH_PATIENCE = 120_000.0
STARTED_IN = Path.cwd()
"""Tests run in folders of their own; a folder for pictures is meant from here."""


def chromium_path() -> str:
    """Where the system's Chromium is; without one the test fails and says what to do."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("Chromium is missing: run `make install`, or `apt-get install chromium`.")
    return found


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """A browser that the end closes."""
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path(), args=list(ARGUMENTS), timeout=LAUNCH_PATIENCE
        )
        try:
            yield browser
        finally:
            await browser.close()


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """A browser of the test's own."""
    async with launched() as browser:
        yield browser


@pytest.fixture
async def chromium_page(chromium: Browser) -> AsyncIterator[Page]:
    """One window of its own; an error in the page's scripts fails the test."""
    page = await window(chromium)
    faults = faults_of(page)
    yield page
    assert not faults, faults


async def window(
    browser: Browser,
    size: tuple[int, int] = WIDE,
    theme: Literal["light", "dark"] = "light",
    reduced_motion: Literal["no-preference", "reduce"] = "reduce",
) -> Page:
    """A new window with cookies and storage of its own, as another person's would be."""
    page = await browser.new_page(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=theme,
        reduced_motion=reduced_motion,
        accept_downloads=True,
    )
    page.set_default_timeout(PATIENCE)
    return page


def faults_of(page: Page, *, console: bool = False) -> list[str]:
    """What goes wrong in the page's scripts from now on, and what its content policy refuses.

    With console, every error that the browser's console shows.
    """
    faults: list[str] = []

    def of_script(error: Error) -> None:
        faults.append(str(error))

    def of_console(message: ConsoleMessage) -> None:
        policy = "Content Security Policy" in message.text
        if message.type == "error" and (console or policy):
            faults.append(f"{message.text} ({message.location.get('url', '')})")

    page.on("pageerror", of_script)
    page.on("console", of_console)
    return faults


async def picture(page: Page, name: str) -> None:
    """Keep the window as NAME.png in the folder that SCREENSHOTS names; without it, do nothing.

    It is for looking at what a test sees: `SCREENSHOTS=. pytest -m browser`. The documentation's
    pictures come from tests/acceptance/pictures.py.
    """
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        await page.screenshot(path=STARTED_IN / folder / f"{name}.png")
