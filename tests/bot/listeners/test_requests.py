"""Messages that ask for something, each once, and only of those who may ask."""

import pytest

from bot.keys import message_key
from bot.local_workspace import people
from bot.local_workspace.delivery import NotAcknowledged
from bot.local_workspace.directory import TEAM
from dispatch_core.errors import StoreUnavailable
from dispatch_core.lifecycle import Route, RunStatus
from tests.bot.listeners.desk import ADA, ADAS, BOT, GENERAL, GRACE, GUEST, Desk


async def test_a_mention_and_its_message_event_are_one_run(desk: Desk) -> None:
    ts = await desk.say(ADA, f"{BOT} what can you do?")
    assert [run.request for run in await desk.runs(ts)] == ["what can you do?"]


async def test_each_event_three_times_is_one_run_and_one_answer(desk: Desk) -> None:
    desk.workspace.faults.set("duplicates")
    ts = await desk.say(ADA, f"{BOT} hello")
    refused = await desk.say(GUEST, f"{BOT} hello")
    await desk.whispered(GUEST, "you are a guest here")
    assert len(await desk.runs(ts)) == 1
    assert await desk.runs(refused) == []
    assert len(desk.whispers(GUEST)) == 1


async def test_a_direct_message_needs_no_mention(desk: Desk) -> None:
    ts = await desk.say(ADA, "hello", ADAS)
    assert len(await desk.runs(ts, ADAS)) == 1


async def test_talk_in_a_channel_is_left_alone(desk: Desk) -> None:
    ts = await desk.say(ADA, "hello, Grace")
    assert await desk.runs(ts) == []


async def test_a_follow_up_in_a_known_thread_needs_no_mention(desk: Desk) -> None:
    ts = await desk.say(ADA, f"{BOT} hello")
    await desk.say(GRACE, "and what can you do?", thread_ts=ts)
    assert [run.requester for run in await desk.runs(ts)] == [f"{TEAM}:{ADA}", f"{TEAM}:{GRACE}"]


async def test_a_reply_to_somebody_else_is_left_alone(desk: Desk) -> None:
    ts = await desk.say(ADA, f"{BOT} hello")
    await desk.say(GRACE, f"<@{ADA}> did that help?", thread_ts=ts)
    assert len(await desk.runs(ts)) == 1


async def test_a_reply_in_an_unknown_thread_is_left_alone(desk: Desk) -> None:
    ts = await desk.say(ADA, "lunch?")
    await desk.say(GRACE, "stop", thread_ts=ts)
    assert await desk.runs(ts) == []
    assert desk.whispers(GRACE) == []


async def test_a_reply_may_overtake_the_mention_that_its_thread_begins_with(desk: Desk) -> None:
    slack = desk.workspace.slack
    mention = people_message(desk, ADA, f"{BOT} hello")
    slack.messages.put(GENERAL, mention)
    await desk.say(ADA, "and what can you do?", thread_ts=mention["ts"])
    assert [run.request for run in await desk.runs(mention["ts"])] == ["and what can you do?"]
    await desk.event(mention | {"channel": GENERAL, "channel_type": "channel"})
    requests = [run.request for run in await desk.runs(mention["ts"])]
    assert sorted(requests) == ["and what can you do?", "hello"]


async def test_a_reply_to_a_guest_whose_mention_was_refused_is_left_alone(desk: Desk) -> None:
    ts = await desk.say(GUEST, f"{BOT} hello")
    await desk.say(GRACE, "let me ask for you", thread_ts=ts)
    assert await desk.runs(ts) == []


async def test_a_guest_is_refused_in_one_sentence_that_only_they_see(desk: Desk) -> None:
    ts = await desk.say(GUEST, f"{BOT} hello")
    await desk.whispered(GUEST, "and you are a guest here; ask a colleague")
    assert await desk.runs(ts) == []
    assert desk.whispers(ADA) == []


async def test_guests_may_ask_where_the_operator_allows_it(open_desk) -> None:  # type: ignore[no-untyped-def]
    async with open_desk(dispatch_allow_guests=True) as desk:
        ts = await desk.say(GUEST, f"{BOT} hello")
        assert len(await desk.runs(ts)) == 1


@pytest.mark.parametrize(
    ("flag", "value", "words"),
    [
        ("deleted", True, "your account is deactivated"),
        ("is_bot", True, "you are an app"),
        ("is_stranger", True, "you are from another workspace"),
        ("team_id", "T0ELSEWHERE", "you are from another workspace"),
        ("is_ultra_restricted", True, "you are a guest here"),
    ],
)
async def test_others_who_are_no_full_members_are_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, flag: str, value: object, words: str
) -> None:
    _change_profile(monkeypatch, flag, value)
    ts = await desk.say(ADA, f"{BOT} hello")
    await desk.whispered(ADA, words)
    assert await desk.runs(ts) == []


async def test_an_event_of_another_workspace_is_acknowledged_and_left_alone(desk: Desk) -> None:
    event = _message("1795000000.000100", f"{BOT} hello")
    foreign = [{"team_id": "T0ELSEWHERE", "user_id": "U0X", "is_bot": True}]
    await desk.event(event, team_id="T0ELSEWHERE", authorizations=foreign)
    assert await desk.runs("1795000000.000100") == []


async def test_changed_and_deleted_messages_ask_for_nothing(desk: Desk) -> None:
    ts = await desk.say(ADA, "hello")
    people.edit(desk.workspace.slack, ADA, GENERAL, ts, f"{BOT} hello")
    await desk.settled()
    people.remove(desk.workspace.slack, ADA, GENERAL, ts)
    await desk.settled()
    assert await desk.runs(ts) == []


async def test_a_bot_s_message_asks_for_nothing(desk: Desk) -> None:
    ts = "1795000000.000200"
    await desk.event(_message(ts, f"{BOT} hello") | {"bot_id": "B0OTHER"})
    await desk.event(_message(ts, f"{BOT} hello") | {"subtype": "bot_message"})
    assert await desk.runs(ts) == []


async def test_an_event_is_left_to_redelivery_while_the_store_fails(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit, failures = desk.dispatcher.submit, iter(["disk full", "disk full", "disk full"])

    async def failing(submission):  # type: ignore[no-untyped-def]
        if why := next(failures, None):
            raise StoreUnavailable(why=why)
        return await submit(submission)

    monkeypatch.setattr(desk.dispatcher, "submit", failing)
    desk.workspace.slack.outbound.carrier = _Impatient(desk.workspace.slack.outbound.carrier)
    with pytest.raises(NotAcknowledged):
        await desk.event(_message("1795000000.000300", f"{BOT} hello"))
    ts = await desk.say(ADA, f"{BOT} hello")
    assert len(await desk.runs(ts)) == 1
    assert desk.whispers(ADA) == []


async def test_an_event_is_left_to_redelivery_while_slack_does_not_say_who_asks(
    desk: Desk,
) -> None:
    desk.front._slack.asking.retry_handlers = []  # type: ignore[union-attr]
    desk.workspace.slack.outbound.carrier = _Impatient(desk.workspace.slack.outbound.carrier)
    desk.workspace.faults.set("server_error")
    with pytest.raises(NotAcknowledged):
        await desk.event(_message("1795000000.000400", f"{BOT} hello"))
    desk.workspace.faults.set("server_error", on=False)
    await desk.event(_message("1795000000.000400", f"{BOT} hello"))
    assert len(await desk.runs("1795000000.000400")) == 1


async def test_attached_files_come_with_the_run_whichever_event_is_first(desk: Desk) -> None:
    ts = await desk.say(ADA, f"{BOT} hello", files=[("notes.txt", b"some notes")])
    entries = await desk.dispatcher.thread(desk.front._slack.thread(GENERAL, ts))  # type: ignore[union-attr]
    assert [file.name for file in entries[0].body.files] == ["notes.txt"]  # type: ignore[union-attr]
    assert len(await desk.runs(ts)) == 1


async def test_a_mention_whose_message_event_never_comes_still_brings_its_files(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.incoming.messages._SUBTYPES", frozenset({"none at all"}))
    ts = await desk.say(ADA, f"{BOT} hello", files=[("notes.txt", b"some notes")])
    monkeypatch.undo()
    mention = {"type": "app_mention", "user": ADA, "text": f"{BOT} hello", "ts": ts}
    await desk.event(mention | {"channel": GENERAL, "event_ts": ts})
    entries = await desk.dispatcher.thread(desk.front._slack.thread(GENERAL, ts))  # type: ignore[union-attr]
    assert [file.name for file in entries[0].body.files] == ["notes.txt"]  # type: ignore[union-attr]


async def test_a_mention_whose_message_was_deleted_is_taken_as_it_came(desk: Desk) -> None:
    ts = "1795000000.000600"
    mention = {"type": "app_mention", "user": ADA, "text": f"{BOT} hello", "ts": ts}
    await desk.event(mention | {"channel": GENERAL, "event_ts": ts})
    assert len(await desk.runs(ts)) == 1


async def test_what_was_typed_reaches_the_core_unescaped(desk: Desk) -> None:
    code = "```python\nprint(1 < 2 and '&amp;')\n```"
    escaped = code.replace("&", "&amp;").replace("<", "&lt;")
    ts = "1795000000.000500"
    await desk.event(_message(ts, f"{BOT} {escaped}"))
    run = (await desk.runs(ts))[0]
    assert (run.request, run.route) == (code, Route.CLOUD_CODE)


async def test_an_empty_mention_is_answered_with_what_to_do(desk: Desk) -> None:
    await desk.say(ADA, BOT)
    await desk.whispered(ADA, "There is no task in this message")


async def test_the_message_is_known_by_its_team_channel_and_time(desk: Desk) -> None:
    ts = await desk.say(ADA, f"{BOT} hello")
    entries = await desk.dispatcher.thread(desk.front._slack.thread(GENERAL, ts))  # type: ignore[union-attr]
    assert entries[0].body.message_key == message_key(TEAM, GENERAL, ts)  # type: ignore[union-attr]


async def test_an_inline_answer_comes_back_into_the_thread(desk: Desk) -> None:
    ts = await desk.say(ADA, f"{BOT} 2 + 3")
    card = await desk.card("completed")
    assert card["thread_ts"] == ts
    assert (await desk.runs(ts))[0].status is RunStatus.COMPLETED


class _Impatient:
    """Waits a moment for the acknowledgement, where the app answers at once or never."""

    def __init__(self, carrier) -> None:  # type: ignore[no-untyped-def]
        from dataclasses import replace

        self._carrier = carrier
        carrier._pace = replace(carrier._pace, ack=0.5)

    def __getattr__(self, name: str) -> object:
        return getattr(self._carrier, name)


def _message(ts: str, text: str) -> dict[str, object]:
    return {
        "type": "message",
        "user": ADA,
        "text": text,
        "ts": ts,
        "channel": GENERAL,
        "channel_type": "channel",
        "event_ts": ts,
    }


def _change_profile(monkeypatch: pytest.MonkeyPatch, flag: str, value: object) -> None:
    from slack_sdk.web.async_client import AsyncWebClient

    ask = AsyncWebClient.users_info

    async def changed(self, **words):  # type: ignore[no-untyped-def]
        answer = await ask(self, **words)
        answer.data["user"][flag] = value
        return answer

    monkeypatch.setattr(AsyncWebClient, "users_info", changed)


def people_message(desk: Desk, user: str, text: str) -> dict[str, str]:
    """A message that stands in Slack and whose event is still on its way."""
    ts = desk.workspace.slack.messages.new_ts()
    return {"type": "message", "user": user, "text": text, "ts": ts, "team": TEAM}
