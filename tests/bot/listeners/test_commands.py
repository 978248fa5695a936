"""`/dispatch` and `/devices`, and the buttons on a device."""

import pytest

from bot.local_workspace.refusal import Refusal
from dispatch_core.abilities import Capabilities, Permissions
from dispatch_core.protocol import DeviceReport
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


async def report(desk: Desk, device: str, *folders: str) -> None:
    capabilities = Capabilities(shell=True, local_files=True, reachableFolders=folders)
    permissions = Permissions(shell=True, local_files=True)
    wide = DeviceReport(platform="Linux", capabilities=capabilities, permissions=permissions)
    await desk.dispatcher.report(device, wide)


async def folders_of(desk: Desk) -> tuple[str, ...]:
    (device,) = await desk.dispatcher.devices("T0DISPATCH:U0ADA")
    return device.capabilities.reachableFolders


async def test_confirm_takes_what_was_shown_and_asks_anew_for_what_came_later(desk: Desk) -> None:
    device = await desk.a_device(name="laptop")
    await report(desk, device, "/srv", "/photos")
    await desk.command(ADA, "/devices", "laptop")
    card = await desk.whispered(ADA, "folder /photos")
    await report(desk, device, "/srv", "/photos", "/secrets")
    assert await desk.click(ADA, card, "device_confirm")
    anew = await desk.whispered(ADA, "folder /secrets")
    assert await folders_of(desk) == ("/srv",)
    assert await desk.click(ADA, anew, "device_confirm")
    await desk.whispered(ADA, "laptop is confirmed")
    assert await folders_of(desk) == ("/srv", "/photos", "/secrets")


async def test_a_notice_that_is_out_of_date_loses_its_confirm(desk: Desk) -> None:
    device = await desk.a_device(name="laptop")
    await report(desk, device, "/srv", "/photos")
    old = await desk.card("folder /photos", ADAS)
    assert "device_confirm" in str(old)
    await report(desk, device, "/srv", "/secrets")
    new = await desk.card("folder /secrets", ADAS)
    await desk.shown(lambda one: one["ts"] == old["ts"] and "device_confirm" not in str(one), ADAS)
    assert await desk.click(ADA, new, "device_confirm", channel=ADAS)
    await desk.whispered(ADA, "laptop is confirmed", ADAS)
    assert await folders_of(desk) == ("/srv", "/secrets")


async def test_the_pairing_notice_tells_all_that_its_owner_should_know(desk: Desk) -> None:
    await desk.a_device(name="laptop")
    notice = str(await desk.card("is paired with you", ADAS))
    (device,) = await desk.dispatcher.devices("T0DISPATCH:U0ADA")
    told = ("laptop", "Linux", device.fingerprint, "can: shell, local_files", "/srv", "Remove")
    assert [words for words in (*told, "may: local_files, shell") if words not in notice] == []


async def test_a_device_is_renamed_by_command_and_by_its_button(desk: Desk) -> None:
    await desk.a_device(name="laptop")
    await desk.command(ADA, "/devices", "rename LAPTOP work")
    await desk.whispered(ADA, "LAPTOP is called work now.")
    await desk.command(ADA, "/devices", "rename work my work")
    await desk.whispered(ADA, "my work can't be a device's name")
    await desk.command(ADA, "/devices", "work")
    card = await desk.whispered(ADA, "Key fingerprint")
    assert await desk.click(ADA, card, "device_rename")
    typed = {"name": {"name": {"type": "plain_text_input", "value": "home"}}}
    await desk.workspace.submit(ADA, typed)
    assert [one.name for one in await desk.dispatcher.devices("T0DISPATCH:U0ADA")] == ["home"]


@pytest.mark.parametrize("word", ["help", "rename", "rename laptop", "default", "Remove"])
async def test_a_word_of_devices_alone_tells_what_can_be_written(desk: Desk, word: str) -> None:
    await desk.a_device(name="laptop")
    await desk.command(ADA, "/devices", word)
    await desk.whispered(ADA, "`/devices rename OLD NEW`, `/devices default NAME`")


async def test_a_device_may_be_called_as_a_word_of_the_command(desk: Desk) -> None:
    await desk.a_device(name="help")
    await desk.command(ADA, "/devices", "help")
    await desk.whispered(ADA, "Key fingerprint")


async def test_the_offer_of_a_code_says_how_to_permit_something_and_to_start(desk: Desk) -> None:
    await desk.command(ADA, "/devices", "pair")
    await desk.whispered(ADA, "--allow local_files,shell")
    await desk.whispered(ADA, "dispatch-device run")


async def test_a_default_device_is_chosen_shown_and_given_up(desk: Desk) -> None:
    await desk.a_device(name="laptop")
    await desk.a_device(name="desktop")
    await desk.command(ADA, "/devices", "default laptop")
    await desk.whispered(ADA, "From now on laptop does your tasks")
    await desk.command(ADA, "/devices", "")
    await desk.whispered(ADA, " · default")
    await desk.command(ADA, "/devices", "desktop")
    card = await desk.whispered(ADA, "Key fingerprint")
    assert await desk.click(ADA, card, "device_default")
    await desk.whispered(ADA, "No default")
    devices = await desk.dispatcher.devices("T0DISPATCH:U0ADA")
    assert [(one.name, one.is_default) for one in devices] == [("laptop", False), ("desktop", True)]
    await desk.command(ADA, "/devices", "default none")
    await desk.whispered(ADA, "You have no default device now")


async def test_a_command_that_nobody_takes_is_answered(desk: Desk) -> None:
    with pytest.raises(Refusal):
        await desk.command(ADA, "/unknown", "")
    payload = {"command": "/unknown", "text": "", "user_id": ADA, "team_id": "T0DISPATCH"}
    payload["channel_id"] = GENERAL
    answer = await desk.workspace.slack.outbound.ask("slash_commands", payload)  # type: ignore[arg-type]
    assert answer["text"] == "I don't know this command."
