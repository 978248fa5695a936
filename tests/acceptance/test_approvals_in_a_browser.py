"""What an approver does by modals, at the real page: edits, approves always, revokes."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.acceptance.demo import demonstration
from tests.acceptance.person import arrives, sees
from tests.browser import PATIENCE, launched

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(240)]


async def test_an_edited_command_is_approved_always_and_revoked(tmp_path: Path) -> None:
    async with demonstration(tmp_path / "home") as demo, launched() as browser:
        ada = await arrives(browser, demo.url, "U0ADA")
        await ada.ask("@Dispatch $ rm -r build && wc prices.csv", "wc prices.csv")
        await sees(ada.buttons("Edit…"))
        await ada.press("Edit…")
        dialog = ada.page.get_by_role("dialog")
        box = dialog.get_by_role("textbox")
        await expect(box).to_have_value("rm -r build && wc prices.csv", timeout=PATIENCE)
        await box.fill("wc -l prices.csv")
        await dialog.get_by_role("button", name="Ask for this").click()
        await sees(ada.thread.filter(has_text="edited by @Ada Lovelace"))
        await ada.press("Always…")
        await sees(dialog.filter(has_text="Without asking, in every thread"), "wc -l prices.csv")
        await dialog.get_by_label("Last day").fill("2020-01-01")
        await dialog.get_by_role("button", name="Approve").click()
        await sees(dialog, "ends after today and within a year")
        await ada.page.keyboard.press("Escape")
        await ada.press("Always…")
        await dialog.get_by_role("button", name="Approve").click()
        await sees(ada.thread.filter(has_text="always until"))
        await ada.sees_card("completed", "4 prices.csv")
        await ada.page.get_by_test_id("channel-D0ADA").click()
        await ada.page.get_by_test_id("home-tab").click()
        listed = ada.home.filter(has_text="wc -l prices.csv").filter(has_text="not used yet")
        await listed.get_by_role("button", name="Revoke").click()
        await ada.page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
        await expect(ada.home.filter(has_text="Approved for longer")).to_have_count(
            0, timeout=PATIENCE
        )
        assert not ada.faults
