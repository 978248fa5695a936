"""What people press, choose and fill in, and what the app hears of it."""

import pytest
from playwright.async_api import expect

from bot.local_workspace.workspace import LocalWorkspace
from tests.bot.local_workspace_page import gallery
from tests.bot.local_workspace_page.conftest import Sit, SmallApp

pytestmark = pytest.mark.browser


async def test_buttons_and_choices_reach_the_app(sit: Sit, app: SmallApp) -> None:
    page = await sit()
    message = page.get_by_test_id(f"message-{await app.post(blocks=gallery.DEEDS)}")
    await message.get_by_role("button", name="Approve").click()
    click = (await app.actions.get())["actions"][0]
    assert (click["action_id"], click["value"], click["block_id"]) == ("approve", "7", "deeds")
    await message.locator("select[data-action-id=route]").select_option("inline")
    chosen = (await app.actions.get())["actions"][0]
    assert chosen["selected_option"]["value"] == "inline"
    await message.locator("[data-action-id=more]").click()
    await page.get_by_role("menuitem", name="cloud-code").click()
    assert (await app.actions.get())["actions"][0]["selected_option"]["value"] == "code"
    await message.get_by_label("Once").check()
    assert (await app.actions.get())["actions"][0]["selected_option"]["value"] == "once"
    await message.locator("[data-action-id=several]").select_option("code")
    assert len((await app.actions.get())["actions"][0]["selected_options"]) == 1
    await message.get_by_role("button", name="Good").click()
    assert (await app.actions.get())["actions"][0]["value"] == "good"


async def test_a_dangerous_button_asks_first(sit: Sit, app: SmallApp) -> None:
    page = await sit()
    message = page.get_by_test_id(f"message-{await app.post(blocks=gallery.DEEDS)}")
    await message.get_by_role("button", name="Delete").click()
    question = page.get_by_test_id("confirm")
    await expect(question).to_contain_text("The run and all its files.")
    await page.keyboard.press("Escape")
    await expect(question).to_have_count(0)
    assert app.actions.empty()
    await message.get_by_role("button", name="Delete").click()
    await page.get_by_test_id("confirm-yes").click()
    assert (await app.actions.get())["actions"][0]["action_id"] == "delete"


async def test_an_edited_card_keeps_its_place_and_the_focus(sit: Sit, app: SmallApp) -> None:
    page = await sit()
    ts = await app.post(blocks=gallery.DEEDS)
    button = page.get_by_test_id(f"message-{ts}").get_by_role("button", name="Approve")
    await button.focus()
    title = {"type": "header", "text": gallery.plain("Running")}
    await app.client.chat_update(
        channel="C0GENERAL", ts=ts, text="…", blocks=[title, *gallery.DEEDS]
    )
    await expect(page.get_by_test_id(f"message-{ts}")).to_contain_text("Running")
    await expect(button).to_be_focused()


async def test_a_modal_is_filled_refused_and_taken(sit: Sit, app: SmallApp) -> None:
    page = await sit()
    await page.get_by_test_id("composer").fill("/devices")
    await page.keyboard.press("Enter")
    modal = page.get_by_test_id("modal")
    await expect(modal.get_by_label("Name")).to_be_focused()
    await page.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text("Please complete this required field.")
    await modal.get_by_label("Name").fill("taken")
    await modal.get_by_label("Route").select_option("code")
    await page.get_by_test_id("modal-submit").click()
    await expect(modal).to_contain_text("That name is taken.")
    await modal.get_by_label("Name").fill("mine")
    await page.keyboard.press("Enter")
    await expect(modal).to_have_count(0)
    values = await app.submissions.get()
    assert values["name"]["text"]["value"] == "mine"
    assert values["route"]["one"]["selected_option"]["value"] == "code"


async def test_the_focus_stays_inside_a_modal_and_comes_back(sit: Sit, app: SmallApp) -> None:
    page = await sit()
    await page.get_by_test_id("composer").fill("/devices")
    await page.keyboard.press("Enter")
    modal = page.get_by_test_id("modal")
    await modal.wait_for()
    for _ in range(12):
        await page.keyboard.press("Tab")
        assert await modal.locator(":focus").count() == 1
    await page.keyboard.press("Escape")
    await expect(modal).to_have_count(0)
    await expect(page.get_by_test_id("composer")).to_be_focused()


async def test_home_is_drawn_and_its_buttons_work(sit: Sit, app: SmallApp) -> None:
    page = await sit("U0ADA", "D0ADA")
    await page.get_by_test_id("home-tab").click()
    await expect(page.get_by_role("heading", name="Your runs")).to_be_visible()
    await page.get_by_role("button", name="Refresh").click()
    assert (await app.actions.get())["container"]["type"] == "view"
    await page.get_by_test_id("messages-tab").click()
    await expect(page.get_by_test_id("composer")).to_be_visible()


async def test_reactions_are_shared(sit: Sit, app: SmallApp) -> None:
    ada, grace = await sit("U0ADA"), await sit("U0GRACE")
    ts = await app.post(text="done")
    message = ada.get_by_test_id(f"message-{ts}")
    await message.hover()
    await message.get_by_role("button", name="React with eyes").click()
    await expect(message.locator(".reaction.mine")).to_contain_text("1")
    await grace.get_by_test_id(f"message-{ts}").locator(".reaction").click()
    await expect(message.locator(".reaction")).to_contain_text("2")


async def test_a_click_that_nobody_answers_is_told(sit: Sit, workspace: LocalWorkspace) -> None:
    page = await sit()
    workspace.slack.page.publish("error", {"sentence": "It did not answer."}, frozenset({"U0ADA"}))
    await expect(page.get_by_test_id("toast")).to_contain_text("It did not answer.")
    await expect(page.locator("#banner")).not_to_contain_text("lost")
