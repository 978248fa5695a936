"""What people write: messages, commands, files, and second thoughts."""

import re
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Locator, Route, expect

from bot.local_workspace.workspace import LocalWorkspace
from tests.bot.local_workspace_page.conftest import Sit, SmallApp
from tests.browser import picture

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


async def test_a_suggestion_fills_the_message_box(sit: Sit, app: SmallApp) -> None:
    page = await sit()
    await page.get_by_role("button", name=re.compile("plot")).click()
    await expect(page.get_by_test_id("composer")).to_have_value(
        re.compile(r"^@dispatch ```python\n[\s\S]+```$")
    )


async def test_the_message_box_is_as_high_as_its_line_after_it_was_hidden(sit: Sit) -> None:
    page = await sit()
    await page.get_by_test_id("channel-D0ADA").click()
    await page.get_by_test_id("home-tab").click()
    await page.reload()
    await page.get_by_test_id("home-tab").wait_for()
    await page.get_by_test_id("messages-tab").click()
    field = page.get_by_test_id("composer")
    await expect(field).to_be_visible()
    await page.wait_for_function(
        "(node) => node.clientHeight >= node.scrollHeight", arg=await field.element_handle()
    )
