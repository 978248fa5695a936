"""What `dispatch-device browser` does not do, each in one sentence and before anything starts."""

import socket
import tempfile
from pathlib import Path

import pytest

from device_agent.browser.probe import find_browser
from tests.browser import chromium_path
from tests.device_agent.browser.window.owner import Owner, own_environment

pytestmark = pytest.mark.processes

NO_SCREEN = (
    "No screen can be reached from here; run this in a terminal of this computer's own desktop."
)


@pytest.fixture
def owner(tmp_path: Path) -> Owner:
    """One who says that there is a screen, where there is none."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    owner = Owner(home, own_environment() | {"DISPLAY": ":nowhere"})
    owner.pair(browser_automation=True)
    return owner


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "chrome://settings",
        "about:blank",
        "data:text/html,hello",
        "view-source:https://example.com",
        "example.com",
    ],
)
def test_an_address_that_is_not_of_the_web_is_refused(owner: Owner, url: str) -> None:
    said = owner.is_told(url)
    assert said == f"{url} can't be opened: it starts with neither https:// nor http://."
    assert not owner.profile.exists()


def test_a_switch_of_the_browsers_is_no_address(owner: Owner) -> None:
    said = owner.is_told("--", "--remote-debugging-port=9222")
    assert "can't be opened" in said
    assert not owner.profile.exists()


def test_without_the_permission_it_is_said_how_to_give_it(owner: Owner) -> None:
    owner.pair(shell=True)
    assert owner.is_told() == (
        "Dispatch may not use the browser here; first: dispatch-device permit browser_automation."
    )


def test_a_computer_that_is_not_paired_has_no_browser_of_dispatch(owner: Owner) -> None:
    (owner.home / "pairing.json").unlink()
    assert owner.is_told().startswith("This computer is not paired;")


def test_without_a_browser_it_says_which_to_install(owner: Owner) -> None:
    assert owner.is_told(DISPATCH_BROWSER="/nowhere/chromium") == (
        "No Chromium or Chrome is on this device; install one, or name it in DISPATCH_BROWSER."
    )


def test_without_a_screen_nothing_is_started(owner: Owner, tmp_path: Path) -> None:
    program = tmp_path / "browser"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    program.chmod(0o700)
    del owner.environment["DISPLAY"]
    assert owner.is_told(DISPATCH_BROWSER=str(program)) == NO_SCREEN
    assert not (tmp_path / "started").exists()


@pytest.mark.browser
def test_a_screen_that_does_not_answer_is_no_screen(owner: Owner) -> None:
    assert find_browser() == chromium_path()
    assert owner.is_told().splitlines()[-1] == NO_SCREEN


def test_a_program_that_ends_at_once_is_told(owner: Owner, tmp_path: Path) -> None:
    program = tmp_path / "browser"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o700)
    said = owner.is_told(DISPATCH_BROWSER=str(program)).splitlines()[-1]
    assert said == "The browser's window ended by itself: code 3."


def test_a_program_without_its_sandbox_is_told(owner: Owner, tmp_path: Path) -> None:
    program = tmp_path / "browser"
    program.write_text("#!/bin/sh\necho 'FATAL: No usable sandbox! Update' >&2\nkill -ABRT $$\n")
    program.chmod(0o700)
    said = owner.is_told(DISPATCH_BROWSER=str(program)).splitlines()[-1]
    assert said.startswith("The browser could not be started: this system does not let it make")


def test_a_browser_that_takes_no_notice_of_locks_is_waited_for(owner: Owner) -> None:
    owner.profile.mkdir()
    # A socket's address is short, so that Chromium keeps it elsewhere.
    with socket.socket(socket.AF_UNIX) as lives, tempfile.TemporaryDirectory() as folder:
        lives.bind(f"{folder}/s")
        lives.listen()
        (owner.profile / "SingletonSocket").symlink_to(f"{folder}/s")
        said = owner.is_told()
    assert said == (
        f"Another browser still uses {owner.profile}; wait until it has ended, then try again."
    )
