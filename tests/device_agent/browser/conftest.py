"""A site, and a person who has a browser that may reach it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import chromium_path
from tests.device_agent.browser.site import Person, Site, browsing, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def ada(site: Site, tmp_path: Path) -> Iterator[Person]:
    """Her policy opens the site; a real Chromium starts with the first page."""
    chromium_path()
    shared = tmp_path / "shared"
    shared.mkdir()
    with browsing(tmp_path / "device-home", f"127.0.0.1:{site.port}", shared=shared) as browser:
        yield Person(browser)
