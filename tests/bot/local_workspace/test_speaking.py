"""What the bot says and reads, driven by slack_sdk's own client."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_workspace.workspace import LocalWorkspace

from .conftest import refusal

GENERAL = "C0GENERAL"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}


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
