"""The page in a real Chromium: what people see."""

import re

import pytest
from playwright.async_api import Page, expect

from bot.local_workspace.workspace import LocalWorkspace
from tests.bot.local_workspace_page import gallery
from tests.bot.local_workspace_page.conftest import Sit, SmallApp
from tests.browser import NARROW

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("blocks", gallery.EVERY, ids=["texts", "deeds", "big"])
async def test_every_kind_of_block_is_drawn(
    sit: Sit, app: SmallApp, blocks: list[gallery.Block]
) -> None:
    page = await sit()
    ts = await app.post(blocks=blocks)
    message = page.get_by_test_id(f"message-{ts}")
    drawn = message.locator(".blocks > .block")
    await expect(drawn).to_have_count(len(blocks))
    for index, block in enumerate(blocks):
        await expect(drawn.nth(index)).to_have_class(f"block block-{block['type']}")
    await expect(message.locator(".unknown-block")).to_have_count(0)


async def test_mrkdwn_is_marked_up(sit: Sit, app: SmallApp) -> None:
    page = await sit()
    ts = await app.post(blocks=gallery.TEXTS)
    text = page.get_by_test_id(f"message-{ts}").locator(".block-section").first
    await expect(text.locator("strong")).to_have_text("bold")
    await expect(text.locator("em")).to_have_text("italic")
    await expect(text.locator("s")).to_have_text("struck")
    await expect(text.locator("blockquote")).to_have_text("quoted & escaped")
    await expect(text.locator("pre")).to_have_text("print(1 < 2)")
    await expect(text.get_by_role("link", name="a link")).to_have_attribute(
        "href", "https://example.com/a"
    )
    await expect(text.locator(".mention-me")).to_have_text("@Ada Lovelace")


async def test_what_is_new_elsewhere_is_marked_until_it_is_read(sit: Sit, app: SmallApp) -> None:
    page = await sit()
    await app.post("C0OPS", text="Look, <@U0ADA>")
    ops = page.get_by_test_id("channel-C0OPS")
    await expect(ops).to_have_class(re.compile("unread"))
    await expect(ops.locator(".badge")).to_have_text("1")
    await ops.click()
    await expect(ops).not_to_have_class(re.compile("unread"))


async def test_a_missing_bot_and_switched_faults_are_told(sit: Sit) -> None:
    page = await sit()
    await expect(page.locator("#banner")).to_contain_text("@dispatch is not connected")
    await page.get_by_test_id("faults-open").click()
    await page.get_by_test_id("fault-rate_limit").check()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("faults-open")).to_contain_text("Faults (1)")


async def test_the_theme_follows_the_system_and_then_the_person(sit: Sit) -> None:
    page = await sit(theme="dark")
    assert await _background(page) == "rgb(26, 27, 31)"
    await page.get_by_test_id("theme").click()
    assert await _background(page) == "rgb(255, 255, 255)"
    await page.reload()
    assert await _background(page) == "rgb(255, 255, 255)"


async def _background(page: Page) -> str:
    value = await page.locator(".panes").evaluate("node => getComputedStyle(node).backgroundColor")
    return str(value)


async def test_a_narrow_screen_shows_one_pane_at_a_time(sit: Sit, app: SmallApp) -> None:
    page = await sit(size=NARROW)
    ts = await app.post(blocks=[*gallery.TEXTS, *gallery.DEEDS])
    await app.post(text="a reply", thread_ts=ts)
    sidebar = page.get_by_test_id("channel-C0OPS")
    await expect(sidebar).to_be_hidden()
    await page.get_by_test_id("hamburger").click()
    await expect(sidebar).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(sidebar).to_be_hidden()
    await page.get_by_test_id(f"open-thread-{ts}").click()
    await expect(page.get_by_test_id("thread-composer")).to_be_visible()
    await expect(page.get_by_test_id("composer")).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth") == NARROW[0]
    await page.go_back()
    await expect(page.get_by_test_id("composer")).to_be_visible()


async def test_the_keyboard_alone_goes_everywhere(sit: Sit, app: SmallApp) -> None:
    page = await sit()
    await page.keyboard.press("Control+k")
    await page.keyboard.type("ops")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("channel-C0OPS")).to_have_attribute("aria-current", "page")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("grace")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("You are Grace Hopper")).to_be_visible()
    await page.get_by_test_id("person-U0GRACE").focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("You are Sam Guest")).to_be_visible()


HOSTILE = (
    "<img src=x onerror=alert(1)> <javascript:alert(1)|click> <https://ok.example|fine>"
    " &lt;script&gt;alert(1)&lt;/script&gt; `<b>`"
)


async def test_nothing_that_is_said_becomes_markup(sit: Sit, app: SmallApp) -> None:
    page = await sit()
    await app.post(text=HOSTILE)
    await app.post(
        blocks=[
            {"type": "markdown", "text": f"{HOSTILE} [bad](javascript:alert(1)) <b>x</b>"},
            {"type": "header", "text": gallery.plain(HOSTILE)},
        ]
    )
    await expect(page.locator(".message")).to_have_count(2)
    assert await page.locator(".message :is(script, b, img[src=x])").count() == 0
    for link in await page.locator(".message .text a").all():
        assert (await link.get_attribute("href") or "").startswith("https://")
        assert "noopener" in (await link.get_attribute("rel") or "")


async def test_a_lost_connection_is_told_and_made_good(
    sit: Sit, app: SmallApp, workspace: LocalWorkspace
) -> None:
    page = await sit()
    port = workspace.port
    await workspace.stop()
    await expect(page.locator("#banner")).to_contain_text("is lost")
    await workspace.start(port=port)
    await expect(page.locator("#banner")).not_to_contain_text("is lost")
    await workspace.say("U0GRACE", "C0GENERAL", "back again")
    await expect(page.get_by_text("back again")).to_be_visible()
