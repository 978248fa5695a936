"""A page that changes under a question: what is still there is asked for anew, by the whole way."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from device_agent.browser.errors import ElementGone, NoSnapshot, SeveralSay
from device_agent.policy.owner import OwnerPolicy, SiteRules
from dispatch_core.lifecycle import EndReason
from tests.browser import chromium_path
from tests.device_agent.browser.site import Person, Site
from tests.device_agent.waiting import eventually
from tests.device_agent.whole_way import House, open_house

pytestmark = [pytest.mark.browser, pytest.mark.processes]

# It does once what it is told by /told, and tells of it.
PAGE = """<!doctype html><title>Shop</title>
<main id=all><button onclick="fetch(here + '/pressed')">Buy</button></main>
<script>
const here = location.pathname
const changes = {
  redraw: () => { all.innerHTML = all.innerHTML },
  reload: () => { location.reload() },
  empty: () => { all.innerHTML = '<button>Look</button>' },
  double: () => { all.innerHTML = all.innerHTML + all.innerHTML },
}
async function look() {
  const told = await (await fetch(here + '/told')).text()
  if (changes[told] && !sessionStorage[told]) { sessionStorage[told] = 1; changes[told]() }
  if (changes[told]) await fetch(here + '/did-' + told)
  setTimeout(look, 50)
}
look()
</script>"""


class Shop:
    """A page of one test's own, which changes when it is told to."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.path = f"/{secrets.token_hex(4)}"
        self.url = site.page(self.path, PAGE)
        site.page(f"{self.path}/told", "nothing")

    def count(self, what: str) -> int:
        """How often the page told of something."""
        return self.site.asked.count(f"{self.path}/{what}")

    def change(self, how: str) -> None:
        """Let the page change, and wait until it has; a reloaded one tells of it twice more."""
        self.site.page(f"{self.path}/told", how)
        eventually(lambda: self.count(f"did-{how}"))
        if how == "reload":
            eventually(lambda: self.site.asked.count(self.path) == 2)
            seen = self.count("did-reload")
            eventually(lambda: self.count("did-reload") > seen + 1)


@pytest.fixture
def shop(site: Site) -> Shop:
    return Shop(site)


def ref_in(tree: str) -> str:
    """The ref of the page's button."""
    return tree.partition('button "Buy"')[2].partition("[ref=")[2].partition("]")[0]


def opened(ada: Person, shop: Shop) -> str:
    """The ref of the page's button."""
    ada.says("open", url=shop.url)
    return ref_in(ada.says("snapshot"))


@pytest.mark.parametrize("how", ["redraw", "reload"])
def test_what_was_asked_about_is_found_again_and_is_a_drift_that_no_grant_covers(
    ada: Person, shop: Shop, how: str
) -> None:
    ref = opened(ada, shop)
    approved = ada.prepare("click", ref=ref)
    assert approved.grant is not None
    shop.change(how)
    again = ada.prepare("click", ref=ref)
    assert again.bound.environment["element"] == approved.bound.environment["element"]
    assert again.bound.environment["place"] != approved.bound.environment["place"]
    assert again.grant is None
    assert "The page changed since its snapshot" in again.reasons[-1]
    assert ada.prepare("click", ref=ref).bound == again.bound
    assert "Clicked button “Buy”" in ada.says("click", ref=ref)
    assert shop.count("pressed") == 1


def test_what_nobody_was_asked_about_before_the_page_changed_needs_a_new_snapshot(
    ada: Person, shop: Shop
) -> None:
    ref = opened(ada, shop)
    shop.change("reload")
    with pytest.raises(NoSnapshot):
        ada.prepare("click", ref=ref)


def test_what_was_done_is_not_found_again(ada: Person, shop: Shop) -> None:
    ref = opened(ada, shop)
    ada.says("click", ref=ref)
    shop.change("redraw")
    with pytest.raises(ElementGone):
        ada.prepare("click", ref=ref)


def test_a_snapshot_meanwhile_takes_away_nothing_that_was_asked_about(
    ada: Person, shop: Shop
) -> None:
    ref = opened(ada, shop)
    approved = ada.prepare("click", ref=ref).bound
    shop.change("reload")
    assert ref_in(ada.says("snapshot"))
    again = ada.prepare("click", ref=ref).bound
    assert again.environment["element"] == approved.environment["element"]
    assert again.environment["place"] != approved.environment["place"]


def test_where_two_say_the_same_now_neither_is_taken(ada: Person, shop: Shop) -> None:
    ref = opened(ada, shop)
    ada.prepare("click", ref=ref)
    shop.change("double")
    with pytest.raises(SeveralSay, match="2 places"):
        ada.prepare("click", ref=ref)


@pytest.fixture
async def house(home: Path, tmp_path: Path, shop: Shop) -> AsyncIterator[House]:
    """Ada's browser shows the shop."""
    chromium_path()
    async with open_house(home, tmp_path) as house:
        await house.pair("browser_automation")
        rules = SiteRules(private=(f"127.0.0.1:{shop.site.port}",))
        OwnerPolicy(sites=rules).save(house.device_home)
        await house.start()
        opening = await house.ask(f"open {shop.url}")
        await house.approve(opening)
        await house.answer(opening)
        yield house


@pytest.mark.parametrize("how", ["redraw", "reload"])
async def test_a_click_on_a_page_that_changed_is_asked_for_anew_and_then_done(
    house: House, shop: Shop, how: str
) -> None:
    tree = await house.says("snapshot")
    clicking = await house.ask(f"click {ref_in(tree)}")
    asked = await house.asked(clicking)
    shop.change(how)
    assert await house.approve(clicking)
    again = await house.asked(clicking)
    assert again.id != asked.id
    assert again.description == "It is asked again: the environment changed after the approval."
    assert "It clicks button “Buy”." in again.reasons
    assert shop.count("pressed") == 0
    await house.approve(clicking)
    assert "Clicked button “Buy”" in await house.answer(clicking)
    assert shop.count("pressed") == 1


async def test_a_click_on_what_is_gone_ends_with_a_sentence(house: House, shop: Shop) -> None:
    tree = await house.says("snapshot")
    clicking = await house.ask(f"click {ref_in(tree)}")
    await house.asked(clicking)
    shop.change("empty")
    await house.approve(clicking)
    run = await house.ended(clicking)
    assert run.reason is EndReason.DENIED
    assert "is not on the page any more; write `snapshot` and use what it shows" in run.answer
    assert shop.count("pressed") == 0
