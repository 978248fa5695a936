"""`/dispatch` and `/devices`, and the buttons on a device."""

import pytest

from bot.local_workspace.refusal import Refusal
from tests.bot.listeners.desk import ADA, ADAS, GENERAL, GRACE, GUEST, Desk


async def test_dispatch_starts_a_thread_that_names_its_asker(desk: Desk) -> None:
    await desk.command(ADA, "/dispatch", "2 + 3 < 6")
    root = await desk.card("asked: ")
    assert root["text"] == f"<@{ADA}> asked: 2 + 3 &lt; 6"
    runs = await desk.runs(root["ts"])
    assert [(run.request, run.requester) for run in runs] == [("2 + 3 < 6", "T0DISPATCH:U0ADA")]


@pytest.mark.parametrize("text", ["help", ""])
async def test_dispatch_help_is_seen_by_its_asker_alone(desk: Desk, text: str) -> None:
    await desk.command(ADA, "/dispatch", text)
    await desk.whispered(ADA, "How to use Dispatch")
    assert desk.workspace.messages(GENERAL) == []


async def test_dispatch_with_a_bad_override_posts_nothing(desk: Desk) -> None:
    await desk.command(ADA, "/dispatch", "[route=nowhere] hello")
    await desk.whispered(ADA, "I can't read")
    assert desk.workspace.messages(GENERAL) == []


async def test_dispatch_by_a_guest_is_refused(desk: Desk) -> None:
    await desk.command(GUEST, "/dispatch", "hello")
    await desk.whispered(GUEST, "you are a guest here")
    assert desk.workspace.messages(GENERAL) == []


async def test_dispatch_where_the_bot_is_no_member_says_to_invite_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from slack_sdk.errors import SlackApiError
    from slack_sdk.web.async_client import AsyncWebClient

    async def absent(*_: object, **__: object) -> None:
        raise SlackApiError("no", {"ok": False, "error": "not_in_channel"})

    monkeypatch.setattr(AsyncWebClient, "chat_postMessage", absent)
    await desk.command(ADA, "/dispatch", "hello")
    await desk.whispered(ADA, "invite me with /invite")


async def test_devices_pair_shows_the_whole_command_to_its_asker_alone(desk: Desk) -> None:
    await desk.command(ADA, "/devices", "pair")
    offer = await desk.whispered(ADA, "dispatch-device pair http://127.0.0.1:")
    assert offer["is_ephemeral"]
    assert desk.whispers(GRACE) == []


async def test_devices_lists_shows_and_removes_by_name(desk: Desk) -> None:
    await desk.a_device(name="laptop")
    await desk.command(ADA, "/devices", "")
    await desk.whispered(ADA, "Your devices")
    await desk.command(ADA, "/devices", "Laptop")
    await desk.whispered(ADA, "Key fingerprint")
    await desk.command(ADA, "/devices", "remove laptop")
    await desk.whispered(ADA, "laptop is removed")
    assert await desk.dispatcher.devices("T0DISPATCH:U0ADA") == ()


async def test_a_device_of_somebody_else_is_not_there(desk: Desk) -> None:
    await desk.a_device(name="laptop")
    await desk.command(GRACE, "/devices", "laptop")
    await desk.whispered(GRACE, "There is no device of yours named laptop")
    await desk.command(GRACE, "/devices", "remove laptop")
    assert len(await desk.dispatcher.devices("T0DISPATCH:U0ADA")) == 1


async def test_the_remove_button_of_the_pairing_notice_ends_the_pairing(desk: Desk) -> None:
    await desk.a_device(name="laptop")
    notice = await desk.card("device_remove", ADAS)
    assert await desk.click(ADA, notice, "device_remove", channel=ADAS)
    await desk.whispered(ADA, "laptop is removed", ADAS)
    assert await desk.dispatcher.devices("T0DISPATCH:U0ADA") == ()


async def test_remove_in_a_private_answer_redraws_that_answer(desk: Desk) -> None:
    await desk.a_device(name="laptop")
    await desk.command(ADA, "/devices", "laptop")
    shown = await desk.whispered(ADA, "Key fingerprint")
    assert await desk.click(ADA, shown, "device_remove")
    await desk.whispered(ADA, "laptop is removed")
    assert len(desk.whispers(ADA)) == 1


async def test_a_command_that_nobody_takes_is_answered(desk: Desk) -> None:
    with pytest.raises(Refusal):
        await desk.command(ADA, "/unknown", "")
    payload = {"command": "/unknown", "text": "", "user_id": ADA, "team_id": "T0DISPATCH"}
    answer = await desk.workspace.slack.outbound.ask("slash_commands", payload)  # type: ignore[arg-type]
    assert answer["text"] == "I don't know this command."
