"""Schedules in Slack: made, listed, paused, resumed, changed, removed, and fired."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.keys import person_key
from bot.local_workspace import interactions, modals
from bot.local_workspace.directory import TEAM
from dispatch_core.lifecycle import RunStatus, ScheduleStatus
from dispatch_core.records.schedules import SCHEDULES
from dispatch_core.views import ScheduleView, Submission
from tests.bot.listeners.conftest import OpenDesk
from tests.bot.listeners.desk import ADA, ADAS, BOT, GENERAL, GRACE, GUEST, Desk

PHRASE = "every weekday at 9 what is 2 + 3?"


async def mine(desk: Desk, user: str = ADA) -> tuple[ScheduleView, ...]:
    return await desk.dispatcher.schedules(person_key(TEAM, user))


async def the_one(desk: Desk, user: str = ADA) -> ScheduleView:
    [schedule] = await mine(desk, user)
    return schedule


async def a_schedule(desk: Desk) -> tuple[ScheduleView, Any]:
    """Ada's schedule in the general channel, and its card."""
    await desk.command(ADA, "/dispatch", PHRASE)
    return await the_one(desk), await desk.card("schedule_pause")


async def comes_now(desk: Desk, schedule: ScheduleView) -> None:
    """Let the schedule's next time be this moment."""
    now = datetime.now(UTC).replace(microsecond=0)
    which = SCHEDULES.c.id == schedule.id
    moved = SCHEDULES.update().where(which).values(next_at=now)
    await desk.dispatcher.store.write(lambda tx: tx.connection.execute(moved).rowcount)


async def test_a_command_that_begins_with_a_time_makes_a_schedule_in_a_thread(desk: Desk) -> None:
    schedule, card = await a_schedule(desk)
    root = await desk.card("asked: ")
    assert root["text"] == f"<@{ADA}> asked: {PHRASE}"
    assert card["thread_ts"] == root["ts"]
    assert schedule.time_zone == "Europe/London"
    assert [f"{each:%H:%M}" for each in schedule.next_times] in (["09:00"] * 3, ["08:00"] * 3)
    assert str(card["blocks"]).count("<!date^") == 3
    assert await desk.runs(root["ts"]) == []


@pytest.mark.parametrize("channel", [GENERAL, ADAS])
async def test_a_message_that_begins_with_a_time_makes_a_schedule_in_its_thread(
    desk: Desk, channel: str
) -> None:
    ts = await desk.say(ADA, f"{BOT} {PHRASE}", channel)
    card = await desk.card("schedule_pause", channel)
    assert card["thread_ts"] == ts
    assert await desk.runs(ts, channel) == []
    assert (await the_one(desk)).words == "every weekday at 9:00"


async def test_a_look_alike_is_an_ordinary_task(desk: Desk) -> None:
    ts = await desk.say(ADA, f"{BOT} every weekday at 9 we meet, what is 2 + 3?")
    assert len(await desk.runs(ts)) == 1
    assert await mine(desk) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("every weekday at 27 check the build", "I know no time 27"),
        ("cron 61 9 * * * check", "cron knows no minute"),
        ("on 2025-12-24 at 9 say hello", "That time is past"),
        ("every day at 9 [route=nowhere] hello", "I can't read `[route=nowhere]`"),
    ],
)
async def test_what_can_t_be_kept_is_refused_and_posts_nothing(
    desk: Desk, text: str, words: str
) -> None:
    await desk.command(ADA, "/dispatch", text)
    await desk.whispered(ADA, words)
    assert [one for one in desk.workspace.messages(GENERAL) if not one.get("is_ephemeral")] == []
    assert await mine(desk) == ()


async def test_a_mention_with_a_time_that_can_t_be_kept_is_told_so(desk: Desk) -> None:
    await desk.say(ADA, f"{BOT} every weekday at 27 check the build")
    refused = await desk.whispered(ADA, "I know no time 27")
    assert "every weekday at 9 check the build" in refused["text"]


async def test_a_card_s_buttons_pause_resume_change_and_remove(desk: Desk) -> None:
    await a_schedule(desk)
    for action, sign, status in (
        ("schedule_pause", "schedule_resume", ScheduleStatus.PAUSED),
        ("schedule_resume", "schedule_pause", ScheduleStatus.ACTIVE),
        ("schedule_skip", "schedule_catch_up", ScheduleStatus.ACTIVE),
        ("schedule_catch_up", "schedule_skip", ScheduleStatus.ACTIVE),
    ):
        assert await desk.click(ADA, await desk.card(action), action)
        await desk.card(sign)
        assert (await the_one(desk)).status is status
    assert await desk.click(ADA, await desk.card("schedule_remove"), "schedule_remove")
    await desk.card("· removed")
    assert await mine(desk) == ()


async def test_nobody_else_changes_it_and_is_told_who_may(open_desk: OpenDesk) -> None:
    async with open_desk(dispatch_approvers=(ADA,)) as desk:
        schedule, card = await a_schedule(desk)
        await desk.click(GRACE, card, "schedule_remove")
        await desk.whispered(GRACE, "Only the person who made it, or an approver, may remove")
        assert await mine(desk) == (schedule,)


async def test_schedules_are_listed_to_their_maker_and_redrawn_there(desk: Desk) -> None:
    await desk.command(ADA, "/dispatch", "schedules")
    await desk.whispered(ADA, "No schedule yet")
    await desk.command(ADA, "/dispatch", PHRASE)
    await desk.command(ADA, "/dispatch", "schedules")
    listed = await desk.whispered(ADA, "Your schedules")
    assert await desk.click(ADA, listed, "schedule_pause")
    await desk.whispered(ADA, "schedule_resume")
    assert desk.whispers(GRACE) == []


async def test_home_lists_them_and_follows_a_click(desk: Desk) -> None:
    def home() -> Any:
        return desk.workspace.slack.views.home(ADA) or {}

    await a_schedule(desk)
    modals.open_home(desk.workspace.slack, ADA)
    await desk.workspace.wait_until(lambda: "schedule_pause" in str(home()))
    click = interactions.Click(user=ADA, action_id="schedule_pause", view_id=home()["id"])
    assert await interactions.act(desk.workspace.slack, click)
    await desk.workspace.wait_until(lambda: "schedule_resume" in str(home()))


async def test_its_time_comes_as_a_run_in_its_thread(desk: Desk) -> None:
    schedule, card = await a_schedule(desk)
    await comes_now(desk, schedule)
    done = await desk.card("✅ completed")
    assert done["thread_ts"] == card["thread_ts"]
    [run] = await desk.runs(card["thread_ts"])
    assert (run.requester, run.status) == (f"{TEAM}:{ADA}", RunStatus.COMPLETED)
    await desk.card("last run")


async def test_run_now_is_one_run_of_two_quick_clicks(desk: Desk) -> None:
    _, card = await a_schedule(desk)
    await asyncio.gather(*(desk.click(ADA, card, "schedule_run") for _ in range(2)))
    await desk.card("✅ completed")
    assert len(await desk.runs(card["thread_ts"])) == 1


async def test_where_the_bot_is_no_member_the_schedule_lives_in_direct_messages(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = AsyncWebClient.chat_postMessage

    async def absent(self: AsyncWebClient, **said: Any) -> Any:
        if said["channel"] == GENERAL:
            raise SlackApiError("no", {"ok": False, "error": "not_in_channel"})
        return await post(self, **said)

    monkeypatch.setattr(AsyncWebClient, "chat_postMessage", absent)
    await desk.command(ADA, "/dispatch", PHRASE)
    await desk.whispered(ADA, "your schedule lives in our direct messages")
    await desk.card("schedule_pause", ADAS)


async def test_a_schedule_of_someone_who_may_not_use_dispatch_is_paused(desk: Desk) -> None:
    ts = await desk.say(ADA, f"{BOT} what is 2 + 3?")
    thread = desk.front._slack.thread(GENERAL, ts)  # type: ignore[union-attr]
    soon = datetime.now(UTC) + timedelta(days=1)
    wish = Submission(thread, "other", person_key(TEAM, GUEST), "in 20 minutes say hello", soon)
    schedule = await desk.dispatcher.make_schedule(wish)
    await comes_now(desk, schedule)
    await desk.card("its maker may not use Dispatch now")
    assert (await the_one(desk, GUEST)).status is ScheduleStatus.PAUSED
    assert len(await desk.runs(ts)) == 1


async def test_a_guest_makes_none(desk: Desk) -> None:
    await desk.command(GUEST, "/dispatch", PHRASE)
    await desk.whispered(GUEST, "you are a guest here")
    assert await mine(desk, GUEST) == ()
