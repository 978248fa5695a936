"""One browser at a time has the profile: who waits for whom, and who is told."""

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from device_agent.browser.errors import NoPage, WindowOpen
from device_agent.browser.holding import is_wanted
from device_agent.browser.profile import PROFILE_SWITCHES
from tests.device_agent.browser.site import Person, browsers_of
from tests.device_agent.browser.window.owner import BOTH, Owner, SignIn, sees
from tests.device_agent.waiting import PATIENCE, eventually

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def test_a_step_that_was_approved_before_the_window_opened_does_not_reach_it(
    owner: Owner, site: SignIn, ada: Person
) -> None:
    bound = ada.prepare("open", url=site.url("/who")).bound
    owner.opens(site, "/in")
    with pytest.raises(WindowOpen):
        ada.browser(ada.room(PATIENCE, bound), {"action": "open", "url": site.url("/who")})
    assert "/who" not in site.asked
    assert len(browsers_of(owner.profile)) == 1


def test_an_idle_browser_gives_way_at_once_and_its_threads_hear_why(
    owner: Owner, site: SignIn, ada: Person
) -> None:
    ada.says("open", url=site.url("/who"))
    (headless,) = browsers_of(owner.profile)
    words = headless.cmdline()
    window = owner.opens(site, "/in")
    assert not headless.is_running()
    assert set(PROFILE_SWITCHES) <= set(words) & set(owner.browser().cmdline())
    owner.closes_the_window()
    assert window.wait(PATIENCE) == 0
    with pytest.raises(NoPage, match="closed for the window in which its owner signs in"):
        ada.prepare("snapshot")
    assert BOTH in sees(ada, site)


def test_a_step_under_way_is_waited_for(owner: Owner, site: SignIn, ada: Person) -> None:
    with ThreadPoolExecutor() as threads:
        step = threads.submit(ada.says, "open", url=site.url("/slow"))
        eventually(lambda: "/slow" in site.asked)
        window = owner.starts(site.url("/in"))
        assert window.stdout is not None
        assert window.stdout.readline() == (
            "Dispatch's browser is running; the window opens once no step is under way in it.\n"
        )
        with pytest.raises(WindowOpen):
            Person(ada.browser, thread="another").prepare("open", url=site.url("/who"))
        assert not step.done()
        assert not owner.windows()
        site.go.set()
        assert "Site" in step.result(PATIENCE)
        eventually(lambda: "/in" in site.asked)


def test_whoever_gives_up_waiting_leaves_the_browser_as_it_is(
    owner: Owner, site: SignIn, ada: Person
) -> None:
    with ThreadPoolExecutor() as threads:
        step = threads.submit(ada.says, "open", url=site.url("/slow"))
        eventually(lambda: "/slow" in site.asked)
        window = owner.starts(site.url("/in"))
        assert window.stdout is not None
        assert "the window opens once" in window.stdout.readline()
        window.send_signal(signal.SIGINT)
        assert window.wait(PATIENCE) == 0
        assert window.stdout.readline() == "No window was opened.\n"
        site.go.set()
        step.result(PATIENCE)
    assert "Cookies: none." in ada.says("snapshot")


def test_a_window_that_outlives_its_killed_command_still_holds_the_profile(
    owner: Owner, site: SignIn, ada: Person
) -> None:
    window = owner.opens(site, "/in")
    window.kill()
    window.wait(PATIENCE)
    with pytest.raises(WindowOpen):
        ada.prepare("open", url=site.url("/who"))
    assert "is open already" in owner.is_told()
    owner.closes_the_window()
    eventually(lambda: not is_wanted(owner.profile))
    assert BOTH in sees(ada, site)
