"""The owner signs in by hand in a window, and the browser that has none finds it later."""

import asyncio
import signal

import pytest

from device_agent.browser.errors import WindowOpen
from device_agent.browser.holding import is_wanted
from device_agent.policy.owner import OwnerPolicy, SiteRules
from dispatch_core.lifecycle import EndReason
from tests.device_agent.browser.site import Person, browsers_of
from tests.device_agent.browser.window.owner import BOTH, Owner, SignIn, sees
from tests.device_agent.waiting import PATIENCE, eventually
from tests.device_agent.whole_way import House

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def test_what_was_signed_in_to_by_hand_stays_signed_in(
    owner: Owner, site: SignIn, ada: Person
) -> None:
    window = owner.opens(site, "/in")
    owner.closes_the_window()
    said, wrong = window.communicate(timeout=PATIENCE)
    assert window.returncode == 0, wrong
    assert said.splitlines() == [
        "Sign in in the window, then close it (or press Ctrl-C here).",
        "The window is closed; Dispatch's browser now has what you signed in to.",
    ]
    assert BOTH in sees(ada, site)
    ada.browser.close()
    assert BOTH in sees(ada, site), "and after that browser was started anew"


def test_a_cookie_of_the_browser_without_a_window_is_the_windows_too(
    owner: Owner, site: SignIn, ada: Person
) -> None:
    ada.says("open", url=site.url("/in"))
    ada.browser.close()
    window = owner.opens(site, "/who")
    owner.closes_the_window()
    assert window.wait(PATIENCE) == 0
    assert BOTH in sees(ada, site)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_and_whatever_else_ends_the_command_closes_the_window_and_keeps_the_cookies(
    owner: Owner, site: SignIn, ada: Person, number: signal.Signals
) -> None:
    window = owner.opens(site, "/in")
    window.send_signal(number)
    assert window.wait(PATIENCE) == 0, window.communicate()
    assert browsers_of(owner.profile) == []
    assert BOTH in sees(ada, site)


def test_the_tabs_of_the_time_before_do_not_come_back(
    owner: Owner, site: SignIn, ada: Person
) -> None:
    for path in ("/in", "/who"):
        window = owner.opens(site, path)
        window.send_signal(signal.SIGINT)
        assert window.wait(PATIENCE) == 0
    assert BOTH in sees(ada, site)
    assert site.asked.count("/in") == 1


def test_while_the_window_is_open_a_step_is_refused_in_a_sentence(
    owner: Owner, site: SignIn, ada: Person
) -> None:
    window = owner.opens(site, "/in")
    for action in ({"action": "open", "url": site.url("/who")}, {"action": "snapshot"}):
        with pytest.raises(WindowOpen) as refusal:
            ada.prepare(**action)
    assert str(refusal.value) == (
        "Your browser window for signing in is open on this computer; close it, then retry."
    )
    assert owner.is_told() == (
        "Your browser window for signing in is open already; use that one, or close it first."
    )
    owner.closes_the_window()
    assert window.wait(PATIENCE) == 0
    assert BOTH in sees(ada, site)


async def test_whoever_asked_in_slack_reads_that_sentence(
    owner: Owner, site: SignIn, house: House
) -> None:
    await house.pair("browser_automation")
    OwnerPolicy(sites=SiteRules(private=(f"127.0.0.1:{site.port}",))).save(house.device_home)
    await house.start()
    owner.home = house.device_home
    opening = await house.ask(f"open {site.url('/who')}")
    await house.approve(opening)
    await house.answer(opening)
    await asyncio.to_thread(owner.opens, site, "/in")
    refused = await house.ended(await house.ask("snapshot"))
    assert (refused.reason, refused.answer) == (EndReason.DENIED, str(WindowOpen()))
    owner.closes_the_window()
    await asyncio.to_thread(eventually, lambda: not is_wanted(owner.profile))
    opening = await house.ask(f"open {site.url('/who')}")
    await house.approve(opening)
    await house.answer(opening)
    assert BOTH in await house.says("snapshot")


def test_nothing_can_steer_the_window(owner: Owner, site: SignIn) -> None:
    owner.opens(site, "/in")
    browser = owner.browser()
    words = browser.cmdline()
    assert not [word for word in words if "remote-debugging" in word or "automation" in word]
    family = [browser, *browser.children(recursive=True)]
    listening = [
        connection
        for process in family
        for connection in process.net_connections(kind="tcp")
        if connection.status == "LISTEN"
    ]
    assert listening == []
    assert not (owner.profile / "DevToolsActivePort").exists()


def test_a_killed_window_ends_its_command_and_frees_the_profile(
    owner: Owner, site: SignIn, ada: Person
) -> None:
    window = owner.opens(site, "/in")
    owner.browser().kill()
    _, wrong = window.communicate(timeout=PATIENCE)
    assert window.returncode == 1
    assert wrong.splitlines()[-1] == "The browser's window ended by itself: signal 9."
    assert "Cookies:" in sees(ada, site)
