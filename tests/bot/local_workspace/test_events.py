"""What the app is told, by Socket Mode, when people do something."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_workspace.workspace import LocalWorkspace

from .bare_socket import Wire
from .conftest import EVENTS, SCOPES, Start, client_of

GENERAL = "C0GENERAL"
MENTION = "<@U0DISPATCH> hi"
Json = dict[str, Any]


async def test_a_mention_is_told_twice_with_different_event_ids(
    workspace: LocalWorkspace, wire: Wire
) -> None:
    socket = await wire.open(workspace)
    ts = await workspace.say("U0ADA", GENERAL, MENTION)
    bodies = [await socket.event(), await socket.event()]
    assert [body["event"]["type"] for body in bodies] == ["message", "app_mention"]
    assert {body["event"]["ts"] for body in bodies} == {ts}
    assert bodies[0]["event_id"] != bodies[1]["event_id"]


async def test_an_event_is_wrapped_as_slack_wraps_it(workspace: LocalWorkspace, wire: Wire) -> None:
    socket = await wire.open(workspace)
    await workspace.say("U0ADA", GENERAL, "hi")
    envelope = await socket.next()
    assert envelope.keys() == {
        "envelope_id",
        "type",
        "payload",
        "accepts_response_payload",
        "retry_attempt",
        "retry_reason",
    }
    body = envelope["payload"]
    assert (body["type"], body["team_id"], body["api_app_id"]) == (
        "event_callback",
        "T0DISPATCH",
        "A0DISPATCH",
    )
    assert body["authorizations"][0]["user_id"] == "U0DISPATCH"
    assert body["is_ext_shared_channel"] is False
    assert body["event"]["channel_type"] == "channel"


async def test_a_direct_message_is_no_mention(workspace: LocalWorkspace, wire: Wire) -> None:
    socket = await wire.open(workspace)
    await workspace.say("U0ADA", "D0ADA", MENTION)
    await workspace.say("U0ADA", "D0ADA", "second")
    events = [(await socket.event())["event"] for _ in range(2)]
    assert [event["channel_type"] for event in events] == ["im", "im"]
    assert events[1]["text"] == "second"


async def test_files_come_with_the_message_and_not_with_the_mention(
    workspace: LocalWorkspace, wire: Wire
) -> None:
    socket = await wire.open(workspace)
    await workspace.say("U0ADA", GENERAL, MENTION, files=[("a.csv", b"1,2")])
    message, mention = [(await socket.event())["event"] for _ in range(2)]
    assert message["subtype"] == "file_share"
    assert message["files"][0]["name"] == "a.csv"
    assert "files" not in mention
    assert "subtype" not in mention


async def test_an_edit_is_told_with_before_and_after(workspace: LocalWorkspace, wire: Wire) -> None:
    socket = await wire.open(workspace)
    ts = await workspace.say("U0ADA", GENERAL, "before")
    await socket.event()
    await workspace.edit("U0ADA", GENERAL, ts, "after")
    event = (await socket.event())["event"]
    assert (event["subtype"], event["hidden"]) == ("message_changed", True)
    assert event["previous_message"]["text"] == "before"
    assert (event["message"]["text"], event["message"]["edited"]["user"]) == ("after", "U0ADA")
    assert event["ts"] != ts


async def test_the_bot_hears_itself(
    workspace: LocalWorkspace, wire: Wire, slack: AsyncWebClient
) -> None:
    socket = await wire.open(workspace)
    await slack.chat_postMessage(channel=GENERAL, text=MENTION)
    event = (await socket.event())["event"]
    assert (event["user"], event["bot_id"]) == ("U0DISPATCH", "B0DISPATCH")


async def test_only_subscribed_events_are_told(start: Start, wire: Wire) -> None:
    workspace = await start(events=["app_mention"])
    socket = await wire.open(workspace)
    await workspace.say("U0ADA", GENERAL, MENTION)
    assert (await socket.event())["event"]["type"] == "app_mention"
    await workspace.slack.outbound.quiet()


async def test_an_event_without_its_scope_is_not_told(start: Start, wire: Wire) -> None:
    scopes = [scope for scope in SCOPES if scope != "channels:history"]
    workspace = await start(scopes=scopes)
    socket = await wire.open(workspace)
    await workspace.say("U0ADA", GENERAL, MENTION)
    assert (await socket.event())["event"]["type"] == "app_mention"


async def test_a_reaction_is_told_who_subscribed(start: Start, wire: Wire) -> None:
    scopes, events = [*SCOPES, "reactions:read"], [*EVENTS, "reaction_added"]
    workspace = await start(scopes=scopes, events=events)
    socket = await wire.open(workspace)
    ts = (await client_of(workspace).chat_postMessage(channel=GENERAL, text="x"))["ts"]
    await client_of(workspace).reactions_add(channel=GENERAL, timestamp=ts, name="eyes")
    await socket.event()
    event = (await socket.event())["event"]
    assert (event["type"], event["item"]["ts"]) == ("reaction_added", ts)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("@dispatch and <@U0ADA>", "<@U0DISPATCH> and <@U0ADA>"),
        ("@Dispatch, @grace.", "<@U0DISPATCH>, <@U0GRACE>."),
        ("see https://a.b/c.", "see <https://a.b/c>."),
        ("mail me@ada.org", "mail me@ada.org"),
        ("<!everyone> &lt;", "<!everyone> &lt;"),
        ("@nobody", "@nobody"),
    ],
)
async def test_what_people_type_is_stored_as_slack_does(
    workspace: LocalWorkspace, typed: str, stored: str
) -> None:
    await workspace.say("U0ADA", GENERAL, typed)
    assert workspace.messages(GENERAL)[0]["text"] == stored
