"""A site, and a person who has a browser that may reach it; both serve a whole module."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from device_agent.browser.tool import Browser
from tests.browser import chromium_path
from tests.device_agent.browser.site import Person, Site, browsing, serving


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the device shares."""
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="module")
def browser(
    site: Site, shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """A real Chromium, started with the first page, whose owner opened the site."""
    chromium_path()
    home = tmp_path_factory.mktemp("device") / "home"
    with browsing(home, f"127.0.0.1:{site.port}", shared=shared) as browser:
        yield browser


@pytest.fixture
def ada(browser: Browser) -> Person:
    """She writes in a thread of her own, which has tabs of its own."""
    return Person(browser, thread=f"thread-{secrets.token_hex(4)}")
