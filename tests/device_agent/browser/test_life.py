"""The browser starts when it is needed, survives nobody's kill, and leaves nothing behind."""

import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from device_agent.browser.errors import BrowserFailed, NoBrowser, NoPage, PageFailed
from device_agent.browser.probe import can_browse, find_browser
from device_agent.permissions import find_capabilities
from tests.browser import chromium_path
from tests.device_agent.browser.site import Person, Site, browsers_of, browsing, unless_ended
from tests.device_agent.waiting import PATIENCE, eventually

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def test_nothing_runs_before_the_first_page_and_nothing_after_the_end(
    site: Site, tmp_path: Path
) -> None:
    chromium_path()
    home = tmp_path / "home"
    with browsing(home, f"127.0.0.1:{site.port}") as browser:
        ada = Person(browser)
        ada.prepare("open", url=f"{site.url}/form")
        with pytest.raises(NoPage, match="write `open"):
            ada.prepare("snapshot")
        assert browsers_of(home / "browser-profile") == []
        ada.says("open", url=f"{site.url}/form")
        # Between its fork and its own program, a child looks as the browser does.
        eventually(lambda: len(browsers_of(home / "browser-profile")) == 1)
        assert stat.S_IMODE((home / "browser-profile").stat().st_mode) == 0o700
        browser.close()
        assert browsers_of(home / "browser-profile") == []
        assert "Order form" in ada.says("open", url=f"{site.url}/form")
    eventually(lambda: not browsers_of(home / "browser-profile"))


def drivers_of(_profile: Path) -> list[psutil.Process]:
    """The programs through which this process talks to its browser."""
    return [
        child
        for child in psutil.Process().children()
        if "run-driver" in unless_ended(child.cmdline)
    ]


@pytest.mark.parametrize("victims", [browsers_of, drivers_of], ids=["browser", "driver"])
def test_a_killed_browser_is_told_and_started_anew(
    site: Site, tmp_path: Path, victims: Callable[[Path], list[psutil.Process]]
) -> None:
    chromium_path()
    home = tmp_path / "home"
    with browsing(home, f"127.0.0.1:{site.port}") as browser:
        ada = Person(browser)
        ada.says("open", url=f"{site.url}/form")
        for process in victims(home / "browser-profile"):
            process.kill()
            process.wait(PATIENCE)
        with pytest.raises((NoPage, PageFailed), match="ended|closed"):
            ada.does("snapshot")
        told = ada.says("open", url=f"{site.url}/form")
        assert "the browser had ended by itself. It was started anew." in told
        assert "Order form" in told


def test_a_browser_that_dies_in_the_middle_of_a_step_ends_it(site: Site, tmp_path: Path) -> None:
    chromium_path()
    home = tmp_path / "home"
    with browsing(home, f"127.0.0.1:{site.port}") as browser, ThreadPoolExecutor() as threads:
        ada = Person(browser)
        before = site.asked.count("/slow")
        step = threads.submit(ada.does, "open", url=f"{site.url}/slow")
        eventually(lambda: site.asked.count("/slow") > before)
        for process in browsers_of(home / "browser-profile"):
            process.kill()
        with pytest.raises(PageFailed, match="ended"):
            step.result(PATIENCE)
        assert "started anew" in ada.says("open", url=f"{site.url}/form")


def test_an_idle_browser_is_closed_and_says_so_later(site: Site, tmp_path: Path) -> None:
    chromium_path()
    home = tmp_path / "home"
    with browsing(home, f"127.0.0.1:{site.port}", idle_seconds=0.2) as browser:
        ada = Person(browser)
        ada.says("open", url=f"{site.url}/form")
        eventually(lambda: not browsers_of(home / "browser-profile"))
        with pytest.raises(NoPage, match="closed after .* minutes without work"):
            ada.prepare("snapshot")
        assert "It was started anew" in ada.says("open", url=f"{site.url}/form")


def test_a_browser_that_does_not_start_is_told_in_a_sentence(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    false = shutil.which("false") or ""
    monkeypatch.setenv("DISPATCH_BROWSER", false)
    with browsing(tmp_path / "home", f"127.0.0.1:{site.port}") as browser:
        with pytest.raises(BrowserFailed) as failure:
            Person(browser).does("open", url=f"{site.url}/form")
        assert "\n" not in str(failure.value)
        monkeypatch.setenv("DISPATCH_BROWSER", str(tmp_path / "none"))
        with pytest.raises(NoBrowser):
            Person(browser).does("open", url=f"{site.url}/form")
        monkeypatch.delenv("DISPATCH_BROWSER")
        assert "Order form" in Person(browser).says("open", url=f"{site.url}/form")


def test_a_device_says_that_it_can_browse_only_where_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_browser() == chromium_path()
    assert can_browse()
    assert find_capabilities([]).browserAutomation
    monkeypatch.setenv("DISPATCH_BROWSER", str(tmp_path / "none"))
    assert not can_browse()
    chosen = tmp_path / "my browser"
    chosen.write_text("")
    chosen.chmod(0o700)
    monkeypatch.setenv("DISPATCH_BROWSER", str(chosen))
    assert find_browser() == str(chosen)
    monkeypatch.delenv("DISPATCH_BROWSER")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_capabilities([]).browserAutomation == (sys.platform == "darwin" and can_browse())


def test_without_playwright_a_device_can_not_browse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert not can_browse()


def test_a_killed_companion_leaves_no_browser_behind(site: Site, tmp_path: Path) -> None:
    chromium_path()
    home = tmp_path / "home"
    program = subprocess.Popen(
        [sys.executable, "-c", COMPANION, str(home), f"127.0.0.1:{site.port}", site.url],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        env=dict(os.environ) | {"PYTHONPATH": str(Path(__file__).parents[3])},
    )
    with program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"open\n"
        assert browsers_of(home / "browser-profile")
        program.send_signal(signal.SIGKILL)
    eventually(lambda: not browsers_of(home / "browser-profile"))


COMPANION = """
import sys, time
from pathlib import Path
from tests.device_agent.browser.site import Person, browsing
home, private, url = sys.argv[1:]
with browsing(Path(home), private) as browser:
    Person(browser).says("open", url=url + "/form")
    print("open", flush=True)
    time.sleep(300)
"""


def test_the_companion_imports_no_playwright_before_it_browses() -> None:
    program = "import sys, device_agent.__main__, device_agent.serving\n"
    program += "print('playwright' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout == b"False\n"
