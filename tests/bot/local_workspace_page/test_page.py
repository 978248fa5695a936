"""The page in a real Chromium: what people see, and what reaches the app."""

import re
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Locator, Page, Route, expect

from bot.local_workspace.workspace import LocalWorkspace
from tests.bot.local_workspace_page import gallery
from tests.bot.local_workspace_page.conftest import Sit, SmallApp
from tests.browser import NARROW, picture

pytestmark = pytest.mark.browser
ONE_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


async def test_a_task_is_sent_by_enter_and_answered_in_the_thread(sit: Sit, app: SmallApp) -> None:
    page = await sit()
    await page.get_by_test_id("composer").fill("@dispatch hi <b> & https://example.com.")
    await page.keyboard.press("Enter")
    heard = await app.mentions.get()
    assert heard["text"] == "<@U0DISPATCH> hi &lt;b&gt; &amp; <https://example.com>."
    await page.get_by_test_id(f"open-thread-{heard['ts']}").click()
    thread = page.get_by_test_id("thread-pane")
    await expect(thread).to_contain_text("Heard.")
    await page.get_by_test_id("thread-composer").fill("and more")
    await page.get_by_test_id("thread-send").click()
    await expect(thread.locator(".message")).to_have_count(3)
    await picture(page, "local-workspace-thread")
    await page.keyboard.press("Escape")
    await expect(thread).to_be_hidden()


async def test_enter_inside_an_open_fence_is_a_new_line_of_code(sit: Sit, app: SmallApp) -> None:
    page = await sit()
    field = page.get_by_test_id("composer")
    await field.press_sequentially("@dispatch ```python\nprint('@ada')\n```")
    await field.press("Enter")
    heard = await app.mentions.get()
    assert heard["text"].startswith("<@U0DISPATCH> ```python\nprint(")
    await expect(page.locator(".fence-language")).to_have_text("python")


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


async def test_a_block_that_is_not_known_is_named(sit: Sit, app: SmallApp) -> None:
    page = await sit()
    ts = await app.post(text="before")
    await page.get_by_test_id(f"message-{ts}").wait_for()
    await page.route("**/workspace/messages?*", _with_an_unknown_block)
    await page.reload()
    await expect(page.locator(".unknown-block").first).to_contain_text("hologram")


async def _with_an_unknown_block(route: Route) -> None:
    answer = await route.fetch()
    content = await answer.json()
    for message in content["messages"]:
        message["blocks"] = [{"type": "hologram", "block_id": "b"}]
    await route.fulfill(json=content)


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


async def test_what_only_one_person_may_see_is_shown_to_that_one(sit: Sit, app: SmallApp) -> None:
    ada, grace = await sit("U0ADA"), await sit("U0GRACE")
    await ada.get_by_test_id("composer").fill("/dispatch help me")
    await ada.keyboard.press("Enter")
    note = ada.locator(".message.ephemeral")
    await expect(note).to_contain_text("Only visible to you")
    await expect(note).to_contain_text("You said “help me”.")
    await app.post(text="for all")
    await expect(grace.locator(".message")).to_have_count(1)


async def test_commands_and_names_are_completed(sit: Sit, app: SmallApp) -> None:
    page = await sit()
    field = page.get_by_test_id("composer")
    await field.press_sequentially("/d")
    await expect(page.get_by_test_id("suggest-box").get_by_role("option")).to_have_count(2)
    await field.press("ArrowDown")
    await field.press("Tab")
    await expect(field).to_have_value("/devices ")
    await field.fill("")
    await field.press_sequentially("@gra")
    await field.press("Enter")
    await expect(field).to_have_value("@Grace Hopper ")
    await field.fill("/nonsense")
    await field.press("Enter")
    await expect(page.get_by_test_id("toast")).to_contain_text("is not a command here")
    await expect(field).to_have_value("/nonsense")


async def test_a_file_goes_up_and_comes_down_again(
    sit: Sit, app: SmallApp, workspace: LocalWorkspace, tmp_path: Path
) -> None:
    page = await sit()
    note = FilePayload(name="note.txt", mimeType="text/plain", buffer=b"hello")
    await page.get_by_test_id("file-picker").set_input_files([note])
    await page.get_by_test_id("composer").fill("see this")
    await page.get_by_test_id("send").click()
    await page.locator(".file-card").wait_for()
    file_id = workspace.messages("C0GENERAL")[0]["files"][0]["id"]
    async with page.expect_download() as coming:
        await page.get_by_test_id(f"download-{file_id}").click()
    came = await coming.value
    assert came.suggested_filename == "note.txt"
    await came.save_as(tmp_path / "came.txt")
    assert (tmp_path / "came.txt").read_text() == "hello"


async def test_a_picture_is_shown_and_enlarged(sit: Sit, app: SmallApp) -> None:
    page = await sit()
    await app.client.files_upload_v2(channel="C0GENERAL", file=ONE_PIXEL, filename="dot.png")
    await page.get_by_role("button", name="Enlarge dot.png").click()
    await expect(page.get_by_test_id("lightbox").get_by_role("img")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("lightbox")).to_have_count(0)


async def test_one_becomes_somebody_else_with_their_own_direct_message(
    sit: Sit, app: SmallApp
) -> None:
    page = await sit("U0ADA", "D0ADA")
    await app.post("D0ADA", text="for Ada")
    await expect(page.get_by_text("for Ada")).to_be_visible()
    await page.get_by_test_id("person-U0GRACE").click()
    await expect(page.get_by_text("You are Grace Hopper")).to_be_visible()
    await expect(page.get_by_test_id("channel-D0GRACE")).to_have_attribute("aria-current", "page")
    await expect(page.get_by_text("for Ada")).to_have_count(0)
    await page.reload()
    await expect(page.get_by_text("You are Grace Hopper")).to_be_visible()


async def test_home_is_drawn_and_its_buttons_work(sit: Sit, app: SmallApp) -> None:
    page = await sit("U0ADA", "D0ADA")
    await page.get_by_test_id("home-tab").click()
    await expect(page.get_by_role("heading", name="Your runs")).to_be_visible()
    await page.get_by_role("button", name="Refresh").click()
    assert (await app.actions.get())["container"]["type"] == "view"
    await page.get_by_test_id("messages-tab").click()
    await expect(page.get_by_test_id("composer")).to_be_visible()


async def test_what_is_new_elsewhere_is_marked_until_it_is_read(sit: Sit, app: SmallApp) -> None:
    page = await sit()
    await app.post("C0OPS", text="Look, <@U0ADA>")
    ops = page.get_by_test_id("channel-C0OPS")
    await expect(ops).to_have_class(re.compile("unread"))
    await expect(ops.locator(".badge")).to_have_text("1")
    await ops.click()
    await expect(ops).not_to_have_class(re.compile("unread"))


async def test_reactions_are_shared(sit: Sit, app: SmallApp) -> None:
    ada, grace = await sit("U0ADA"), await sit("U0GRACE")
    ts = await app.post(text="done")
    message = ada.get_by_test_id(f"message-{ts}")
    await message.hover()
    await message.get_by_role("button", name="React with eyes").click()
    await expect(message.locator(".reaction.mine")).to_contain_text("1")
    await grace.get_by_test_id(f"message-{ts}").locator(".reaction").click()
    await expect(message.locator(".reaction")).to_contain_text("2")


async def test_ones_own_message_is_changed_and_deleted(sit: Sit, workspace: LocalWorkspace) -> None:
    page = await sit()
    ts = await workspace.say("U0ADA", "C0GENERAL", "frist, <@U0GRACE>")
    message = page.get_by_test_id(f"message-{ts}")
    await _own_menu(message, "Edit the message")
    await expect(page.get_by_test_id("edit")).to_have_value("frist, @Grace Hopper")
    await page.get_by_test_id("edit").fill("first, @Grace Hopper")
    await page.keyboard.press("Enter")
    await expect(message).to_contain_text("first, @Grace Hopper (edited)")
    await _own_menu(message, "Delete it…")
    await page.get_by_test_id("confirm-yes").click()
    await expect(message).to_have_count(0)


async def _own_menu(message: Locator, item: str) -> None:
    await message.hover()
    await message.get_by_role("button", name="Change or delete").click()
    await message.page.get_by_role("menuitem", name=item).click()


async def test_a_missing_bot_and_switched_faults_are_told(sit: Sit) -> None:
    page = await sit()
    await expect(page.locator("#banner")).to_contain_text("@dispatch is not connected")
    await page.get_by_test_id("faults-open").click()
    await page.get_by_test_id("fault-rate_limit").check()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("faults-open")).to_contain_text("Faults (1)")


async def test_a_click_that_nobody_answers_is_told(sit: Sit, workspace: LocalWorkspace) -> None:
    page = await sit()
    workspace.slack.page.publish("error", {"sentence": "It did not answer."}, frozenset({"U0ADA"}))
    await expect(page.get_by_test_id("toast")).to_contain_text("It did not answer.")
    await expect(page.locator("#banner")).not_to_contain_text("lost")


async def test_a_suggestion_fills_the_message_box(sit: Sit, app: SmallApp) -> None:
    page = await sit()
    await page.get_by_role("button", name=re.compile("plot")).click()
    await expect(page.get_by_test_id("composer")).to_have_value(
        re.compile(r"^@dispatch ```python\n[\s\S]+```$")
    )


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
