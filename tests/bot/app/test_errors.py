"""Errors become one sentence for one person; secrets stay out of the log."""

import logging

import pytest

from tests.bot.listeners.desk import ADA, ADAS, BOT, Desk


async def test_an_unforeseen_error_is_told_with_an_id_that_the_log_has(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_submission: object) -> None:
        raise RuntimeError(f"no idea what to do with {desk.workspace.bot_token}")

    monkeypatch.setattr(desk.dispatcher, "submit", broken)
    with caplog.at_level(logging.ERROR):
        await desk.say(ADA, f"{BOT} hello")
    told = await desk.whispered(ADA, "Something went wrong on my side (id ")
    incident = told["text"].partition("(id ")[2][:8]
    assert f"Incident {incident}" in caplog.text
    assert "RuntimeError" in caplog.text
    assert desk.workspace.bot_token not in caplog.text


async def test_a_failing_click_is_acknowledged_and_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.a_waiting_run()
    message = await desk.card("approval_approve")

    async def broken(*_: object) -> None:
        raise RuntimeError("no idea")

    monkeypatch.setattr(desk.dispatcher, "decide", broken)
    assert await desk.click(ADA, message, "approval_approve")
    await desk.whispered(ADA, "nothing was lost, try again")


async def test_a_store_failure_at_a_command_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dispatch_core.errors import StoreUnavailable

    async def full(_person: str) -> None:
        raise StoreUnavailable(why="disk full")

    monkeypatch.setattr(desk.dispatcher, "devices", full)
    await desk.command(ADA, "/devices", "")
    await desk.whispered(ADA, "The database does not take writes now (disk full)")


async def test_a_message_that_no_redelivery_could_save_is_refused_in_words(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dispatch_core.errors import StoreUnavailable

    async def full(_submission: object) -> None:
        raise StoreUnavailable(why="disk full")

    monkeypatch.setattr(desk.dispatcher, "submit", full)
    desk.impatient(1)
    await desk.say(ADA, "hello", channel=ADAS)
    await desk.whispered(ADA, "The database does not take writes now (disk full)", ADAS)
    assert len(desk.whispers(ADA, ADAS)) == 1
