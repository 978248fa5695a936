"""The Web API, driven by slack_sdk's own client."""

from collections.abc import Awaitable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_workspace.pace import Pace
from bot.local_workspace.workspace import LocalWorkspace

from .conftest import SCOPES, Clock, Start, client_of

GENERAL = "C0GENERAL"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}


async def refusal(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as raised:
        await call
    return str(raised.value.response["error"])


async def test_a_bot_learns_who_it_is(slack: AsyncWebClient) -> None:
    answer = await slack.auth_test()
    assert (answer["team_id"], answer["user_id"]) == ("T0DISPATCH", "U0DISPATCH")


async def test_an_unknown_token_is_refused(workspace: LocalWorkspace) -> None:
    assert await refusal(client_of(workspace, "xoxb-other").auth_test()) == "invalid_auth"


async def test_a_call_without_a_token_is_refused(workspace: LocalWorkspace) -> None:
    url = f"{workspace.api_url}auth.test"
    async with aiohttp.ClientSession() as session, session.post(url) as answer:
        assert await answer.json() == {"ok": False, "error": "not_authed"}


async def test_an_app_token_is_no_bot_token(workspace: LocalWorkspace) -> None:
    client = client_of(workspace, workspace.app_token)
    assert await refusal(client.auth_test()) == "not_allowed_token_type"


async def test_a_bot_token_opens_no_socket(workspace: LocalWorkspace) -> None:
    client = client_of(workspace)
    answer = client.apps_connections_open(app_token=workspace.bot_token)
    assert await refusal(answer) == "not_allowed_token_type"


async def test_an_unknown_method_is_named(slack: AsyncWebClient) -> None:
    assert await refusal(slack.api_call("chat.sing")) == "unknown_method"


async def test_a_missing_scope_says_what_is_needed_and_what_is_there(start: Start) -> None:
    workspace = await start(scopes=["users:read"])
    with pytest.raises(SlackApiError) as raised:
        await client_of(workspace).chat_postMessage(channel=GENERAL, text="hi")
    answer = raised.value.response
    assert answer["error"] == "missing_scope"
    assert (answer["needed"], answer["provided"]) == ("chat:write", "users:read")


async def test_reading_a_direct_message_needs_its_own_scope(start: Start) -> None:
    scopes = [scope for scope in SCOPES if scope != "im:history"]
    client = client_of(await start(scopes=scopes))
    assert await refusal(client.conversations_history(channel="D0ADA")) == "missing_scope"


async def test_another_name_needs_its_own_scope(slack: AsyncWebClient) -> None:
    post = slack.chat_postMessage(channel=GENERAL, text="hi", username="Somebody")
    assert await refusal(post) == "missing_scope"


async def test_a_post_to_a_user_id_opens_the_direct_message(slack: AsyncWebClient) -> None:
    answer = await slack.chat_postMessage(channel="U0ADA", text="only you")
    assert answer["channel"] == "D0ADA"


async def test_metadata_comes_back_only_when_asked_for(slack: AsyncWebClient) -> None:
    metadata = {"event_type": "entry", "event_payload": {"entry_id": "e1"}}
    post = await slack.chat_postMessage(channel=GENERAL, text="card", metadata=metadata)
    with_it = await slack.conversations_replies(
        channel=GENERAL, ts=post["ts"], include_all_metadata=True
    )
    without = await slack.conversations_replies(channel=GENERAL, ts=post["ts"])
    assert with_it["messages"][0]["metadata"] == metadata
    assert "metadata" not in without["messages"][0]


@pytest.mark.parametrize("metadata", [{"event_type": "x"}, {"event_payload": {}}, []])
async def test_metadata_has_a_type_and_a_payload(slack: AsyncWebClient, metadata: Any) -> None:
    post = slack.chat_postMessage(channel=GENERAL, text="x", metadata=metadata or "[]")
    assert await refusal(post) == "invalid_metadata_format"


async def test_nothing_to_say_is_no_text(slack: AsyncWebClient) -> None:
    assert (
        await refusal(slack.api_call("chat.postMessage", params={"channel": GENERAL})) == "no_text"
    )


async def test_an_unknown_channel_is_refused(slack: AsyncWebClient) -> None:
    assert await refusal(slack.chat_postMessage(channel="C0X", text="x")) == "channel_not_found"


async def test_a_reply_needs_its_thread(slack: AsyncWebClient) -> None:
    post = slack.chat_postMessage(channel=GENERAL, text="x", thread_ts="1.000001")
    assert await refusal(post) == "thread_not_found"


async def test_a_long_text_is_cut_when_posted(slack: AsyncWebClient) -> None:
    answer = await slack.chat_postMessage(channel=GENERAL, text="x" * 40_001)
    assert len(answer["message"]["text"]) == 40_000


async def test_a_long_text_is_refused_when_updated(slack: AsyncWebClient) -> None:
    ts = (await slack.chat_postMessage(channel=GENERAL, text="x"))["ts"]
    update = slack.chat_update(channel=GENERAL, ts=ts, text="x" * 4_001)
    assert await refusal(update) == "msg_too_long"


async def test_an_update_without_blocks_takes_them_away(
    workspace: LocalWorkspace, slack: AsyncWebClient
) -> None:
    post = await slack.chat_postMessage(channel=GENERAL, text="x", blocks=[SECTION])
    await slack.chat_update(channel=GENERAL, ts=post["ts"], text="only text")
    [message] = workspace.messages(GENERAL)
    assert (message["text"], "blocks" in message) == ("only text", False)


async def test_an_update_keeps_metadata_that_it_does_not_name(slack: AsyncWebClient) -> None:
    metadata = {"event_type": "entry", "event_payload": {"entry_id": "e1"}}
    post = await slack.chat_postMessage(channel=GENERAL, text="card", metadata=metadata)
    update = await slack.chat_update(channel=GENERAL, ts=post["ts"], text="changed")
    assert update["message"]["metadata"] == metadata


async def test_only_own_messages_are_changed(
    workspace: LocalWorkspace, slack: AsyncWebClient
) -> None:
    ts = await workspace.say("U0ADA", GENERAL, "mine")
    update = slack.chat_update(channel=GENERAL, ts=ts, text="yours")
    assert await refusal(update) == "cant_update_message"
    assert await refusal(slack.chat_delete(channel=GENERAL, ts=ts)) == "cant_delete_message"


async def test_an_unknown_message_is_not_updated(slack: AsyncWebClient) -> None:
    update = slack.chat_update(channel=GENERAL, ts="1.000001", text="x")
    assert await refusal(update) == "message_not_found"


async def test_rich_text_stays_rich(slack: AsyncWebClient) -> None:
    rich = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
    }
    ts = (await slack.chat_postMessage(channel=GENERAL, text="x", blocks=[rich]))["ts"]
    update = slack.chat_update(channel=GENERAL, ts=ts, text="x", blocks=[SECTION])
    assert await refusal(update) == "block_mismatch"


async def test_an_ephemeral_message_is_seen_by_one(
    workspace: LocalWorkspace, slack: AsyncWebClient
) -> None:
    await slack.chat_postEphemeral(channel=GENERAL, user="U0ADA", text="psst")
    [mine] = workspace.messages(GENERAL, "U0ADA")
    assert mine["is_ephemeral"]
    assert workspace.messages(GENERAL, "U0GRACE") == []


async def test_an_ephemeral_message_goes_to_members_only(slack: AsyncWebClient) -> None:
    post = slack.chat_postEphemeral(channel="D0ADA", user="U0GRACE", text="psst")
    assert await refusal(post) == "user_not_in_channel"


async def test_a_deleted_parent_leaves_a_tombstone(
    workspace: LocalWorkspace, slack: AsyncWebClient
) -> None:
    ts = (await slack.chat_postMessage(channel=GENERAL, text="parent"))["ts"]
    await slack.chat_postMessage(channel=GENERAL, text="reply", thread_ts=ts)
    await slack.chat_delete(channel=GENERAL, ts=ts)
    parent, _ = workspace.messages(GENERAL)
    assert parent["subtype"] == "tombstone"


async def test_a_parent_counts_its_replies(
    workspace: LocalWorkspace, slack: AsyncWebClient
) -> None:
    ts = await workspace.say("U0ADA", GENERAL, "parent")
    reply = await slack.chat_postMessage(channel=GENERAL, text="reply", thread_ts=ts)
    parent = workspace.messages(GENERAL)[0]
    assert (parent["reply_count"], parent["reply_users"]) == (1, ["U0DISPATCH"])
    assert parent["latest_reply"] == reply["ts"]


async def test_replies_come_in_pages(slack: AsyncWebClient) -> None:
    ts = (await slack.chat_postMessage(channel=GENERAL, text="0"))["ts"]
    for number in range(1, 5):
        await slack.chat_postMessage(channel=GENERAL, text=str(number), thread_ts=ts)
    first = await slack.conversations_replies(channel=GENERAL, ts=ts, limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    second = await slack.conversations_replies(channel=GENERAL, ts=ts, limit=3, cursor=cursor)
    texts = [one["text"] for one in [*first["messages"], *second["messages"]]]
    assert (texts, first["has_more"], second["has_more"]) == (list("01234"), True, False)


async def test_history_leaves_replies_in_their_threads(slack: AsyncWebClient) -> None:
    ts = (await slack.chat_postMessage(channel=GENERAL, text="first"))["ts"]
    await slack.chat_postMessage(channel=GENERAL, text="reply", thread_ts=ts)
    await slack.chat_postMessage(channel=GENERAL, text="second")
    history = await slack.conversations_history(channel=GENERAL)
    assert [one["text"] for one in history["messages"]] == ["second", "first"]


async def test_a_guest_is_known_by_its_profile(slack: AsyncWebClient) -> None:
    user = (await slack.users_info(user="U0GUEST"))["user"]
    assert (user["is_restricted"], user["tz"]) == (True, "Europe/London")
    assert await refusal(slack.users_info(user="U0NOBODY")) == "user_not_found"


async def test_a_group_names_its_members(slack: AsyncWebClient) -> None:
    answer = await slack.usergroups_users_list(usergroup="S0APPROVERS")
    assert answer["users"] == ["U0GRACE"]
    assert await refusal(slack.usergroups_users_list(usergroup="S0X")) == "no_such_subteam"


async def test_a_reaction_is_put_once(workspace: LocalWorkspace, slack: AsyncWebClient) -> None:
    ts = await workspace.say("U0ADA", GENERAL, "hi")
    where = {"channel": GENERAL, "timestamp": ts, "name": "eyes"}
    await slack.reactions_add(**where)
    assert workspace.messages(GENERAL)[0]["reactions"] == [
        {"name": "eyes", "users": ["U0DISPATCH"], "count": 1}
    ]
    assert await refusal(slack.reactions_add(**where)) == "already_reacted"
    await slack.reactions_remove(**where)
    assert await refusal(slack.reactions_remove(**where)) == "no_reaction"


async def test_a_method_has_so_many_calls_a_minute(start: Start) -> None:
    clock = Clock()
    client = client_of(await start(pace=Pace(monotonic=clock)))
    for _ in range(20):
        await client.usergroups_users_list(usergroup="S0APPROVERS")
    with pytest.raises(SlackApiError) as raised:
        await client.usergroups_users_list(usergroup="S0APPROVERS")
    answer = raised.value.response
    assert (answer.status_code, answer["error"]) == (429, "ratelimited")
    clock.time += int(answer.headers["retry-after"])
    await client.usergroups_users_list(usergroup="S0APPROVERS")


async def test_a_channel_takes_a_message_a_second_and_short_bursts(start: Start) -> None:
    client = client_of(await start(pace=Pace(monotonic=Clock())))
    for _ in range(4):
        await client.chat_postMessage(channel=GENERAL, text="x")
    assert await refusal(client.chat_postMessage(channel=GENERAL, text="x")) == "ratelimited"
    await client.chat_postMessage(channel="C0OPS", text="another channel has room")


async def test_every_call_is_in_the_journal_without_its_token(
    workspace: LocalWorkspace, slack: AsyncWebClient
) -> None:
    await slack.api_call("users.info", params={"user": "U0ADA", "token": workspace.bot_token})
    await refusal(slack.users_info(user="U0NOBODY"))
    known, unknown = workspace.calls.to("users.info")
    assert (known.ok, known.params) == (True, {"user": "U0ADA"})
    assert (unknown.ok, unknown.status) == (False, 200)
