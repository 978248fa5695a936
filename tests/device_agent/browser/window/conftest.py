"""What a test of the window stands on: a site that asks who comes, a screen, and both browsers."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from device_agent.browser.tool import Browser
from tests.browser import chromium_path
from tests.device_agent.browser.site import Person, browsing
from tests.device_agent.browser.window.owner import Owner, SignIn, own_environment, signing_in
from tests.device_agent.desktop.desk import Desk


@pytest.fixture
def site() -> Iterator[SignIn]:
    with signing_in() as site:
        yield site


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Owner]:
    """An owner whose computer has a screen."""
    chromium_path()
    if shutil.which("Xvfb") is None:
        assert not os.environ.get("CI"), "not installed: Xvfb (.ci/debian test installs it)"
        pytest.skip("not installed: Xvfb")
    folder, home = tmp_path / "desk", tmp_path / "home"
    folder.mkdir(mode=0o700)
    home.mkdir(mode=0o700)
    desk = Desk(folder)
    owner = Owner(home, own_environment())
    try:
        desk.start_screen()
        owner.environment["DISPLAY"] = desk.environment["DISPLAY"]
        owner.pair(browser_automation=True)
        yield owner
    finally:
        owner.end()
        desk.close()


@pytest.fixture
def browser(owner: Owner, site: SignIn) -> Iterator[Browser]:
    """The companion's tool over the same home; it starts a browser with the first page only."""
    with browsing(owner.home, f"127.0.0.1:{site.port}") as browser:
        yield browser


@pytest.fixture
def ada(browser: Browser) -> Person:
    return Person(browser)
