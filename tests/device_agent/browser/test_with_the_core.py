"""A small real job by the whole way: the core asks, a person approves, Chromium does it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from device_agent.policy.owner import OwnerPolicy, SiteRules
from dispatch_core.lifecycle import EndReason, RunStatus, Scope
from tests.browser import chromium_path
from tests.device_agent.browser.site import BILL, Site, browsers_of
from tests.device_agent.whole_way import House, open_house

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture
async def house(home: Path, tmp_path: Path, site: Site) -> AsyncIterator[House]:
    """Its owner's policy opens the site, which is on this same computer."""
    chromium_path()
    async with open_house(home, tmp_path) as house:
        await house.pair("browser_automation,local_files")
        rules = SiteRules(private=(f"127.0.0.1:{site.port}",))
        OwnerPolicy(sites=rules).save(house.device_home)
        await house.start()
        yield house


def ref_of(snapshot: str, words: str) -> str:
    found = re.search(rf"{re.escape(words)}[^\n]*\[ref=(\w+)\]", snapshot)
    assert found, snapshot
    return found[1]


async def test_a_form_is_filled_in_and_sent_and_what_it_returns_is_downloaded(
    house: House, site: Site
) -> None:
    opening = await house.ask(f"open {site.url}/form with a screenshot")
    approval = await house.approve(opening, Scope.THREAD)
    assert approval.grant_words == f"Use {site.url} in the browser"
    assert "Order form" in await house.answer(opening)
    assert (await house.download("screenshot.png")).startswith(b"\x89PNG")
    tree = await house.says("snapshot")
    await house.says(f'type "Ada Lovelace" into {ref_of(tree, chr(34) + "Name")}')
    await house.says(f'select "Quince" in {ref_of(tree, chr(34) + "Fruit")}')
    sent = await house.says('click "Send"')
    assert "Thanks" in sent
    assert b"Ada Lovelace" in site.posted[0]
    assert b'name="fruit"\r\n\r\nq\r\n' in site.posted[0]
    loading = await house.ask('download "Bill"')
    asked = await house.approve(loading)
    assert asked.grant_words == f"Download files from {site.url}"
    assert "bill.csv" in await house.answer(loading)
    assert await house.download("bill.csv") == BILL


async def test_what_is_refused_is_told_and_a_killed_browser_is_survived(
    house: House, site: Site
) -> None:
    for address in ("file:///etc/passwd", "http://127.0.0.1:9/", "http://169.254.169.254/x"):
        run = await house.ended(await house.ask(f"open {address}"))
        assert (run.reason, "can't be opened" in run.answer) == (EndReason.DENIED, True)
    hop = await house.ask(f"open {site.redirect('/hop', 'http://169.254.169.254/x')}")
    await house.approve(hop, Scope.THREAD)
    run = await house.ended(hop)
    assert run.reason is EndReason.ERROR
    assert "169.254.169.254/x, a site that was not opened in this thread" in run.answer
    await house.says(f"open {site.url}/form")
    for process in browsers_of(house.device_home / "browser-profile"):
        process.kill()
    gone = await house.ended(await house.ask("snapshot"))
    assert gone.status is RunStatus.FAILED
    assert "was started anew" in await house.says(f"open {site.url}/form")
