"""App Home, and whatever else Slack may bring."""

from typing import Any

from bot.local_workspace import modals
from tests.bot.listeners.desk import ADA, GENERAL, GUEST, Desk


async def _home(desk: Desk, user: str, words: str) -> dict[str, Any]:
    def drawn() -> bool:
        return words in str(desk.workspace.slack.views.home(user))

    await desk.workspace.wait_until(drawn)
    return desk.workspace.slack.views.home(user) or {}


async def test_home_shows_what_concerns_its_reader(desk: Desk) -> None:
    await desk.a_waiting_run()
    modals.open_home(desk.workspace.slack, ADA)
    await _home(desk, ADA, "echo hi")


async def test_home_follows_what_happens_after_it_was_opened(desk: Desk) -> None:
    modals.open_home(desk.workspace.slack, ADA)
    await _home(desk, ADA, "Nothing waits for you")
    await desk.a_waiting_run()
    await _home(desk, ADA, "approval_approve")


async def test_a_click_in_home_decides_and_redraws_it(desk: Desk) -> None:
    from bot.local_workspace import interactions

    ts, _ = await desk.a_waiting_run()
    modals.open_home(desk.workspace.slack, ADA)
    home = await _home(desk, ADA, "approval_approve")
    click = interactions.Click(user=ADA, action_id="approval_approve", view_id=home["id"])
    assert await interactions.act(desk.workspace.slack, click)
    await _home(desk, ADA, "Nothing waits for you")
    assert (await desk.approvals(ts))[0].decided_by == "T0DISPATCH:U0ADA"


async def test_a_guest_s_home_says_why_there_is_nothing(desk: Desk) -> None:
    modals.open_home(desk.workspace.slack, GUEST)
    await _home(desk, GUEST, "you are a guest here")


async def test_an_event_that_nobody_takes_is_acknowledged(desk: Desk) -> None:
    await desk.event({"type": "pin_added", "user": ADA, "channel_id": GENERAL})


async def test_an_action_that_nobody_takes_is_acknowledged(desk: Desk) -> None:
    from bot.local_workspace import interactions

    payload = interactions.common(desk.workspace.slack, "block_actions", ADA)
    payload |= {"actions": [{"type": "button", "action_id": "old", "block_id": "b", "value": "1"}]}
    await desk.workspace.slack.outbound.ask("interactive", payload)  # type: ignore[arg-type]
