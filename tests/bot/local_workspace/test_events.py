"""What the app is told, by Socket Mode, when people do something."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_workspace.pace import Pace
from bot.local_workspace.workspace import LocalWorkspace

from .conftest import EVENTS, SCOPES, Start, client_of

GENERAL = "C0GENERAL"
MENTION = "<@U0DISPATCH> hi"
Json = dict[str, Any]


class Socket:
    """A bare Socket Mode client that acknowledges only when told to."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def next(self) -> Json:
        async with asyncio.timeout(5):
            return dict(await self._socket.receive_json())

    async def ack(self, envelope: Json, payload: Json | None = None) -> None:
        answer: Json = {"envelope_id": envelope["envelope_id"]}
        await self._socket.send_json(answer | ({"payload": payload} if payload else {}))

    async def event(self) -> Json:
        """The next event's body, acknowledged."""
        envelope = await self.next()
        await self.ack(envelope)
        return dict(envelope["payload"])

    async def ended(self) -> bool:
        async with asyncio.timeout(5):
            return (await self._socket.receive()).type in {
                aiohttp.WSMsgType.CLOSE,
                aiohttp.WSMsgType.CLOSED,
                aiohttp.WSMsgType.CLOSING,
            }


class Wire:
    """Opens sockets, as the SDK does."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._kept: list[Socket] = []

    async def open(self, workspace: LocalWorkspace) -> Socket:
        socket = await self.bare(workspace)
        assert (await socket.next())["type"] == "hello"
        return socket

    async def bare(self, workspace: LocalWorkspace) -> Socket:
        client = client_of(workspace)
        url = (await client.apps_connections_open(app_token=workspace.app_token))["url"]
        self._kept.append(Socket(await self._session.ws_connect(url)))
        return self._kept[-1]


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with aiohttp.ClientSession() as session:
        yield Wire(session)


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


async def test_what_is_not_acknowledged_comes_again_and_says_so(start: Start, wire: Wire) -> None:
    workspace = await start(pace=Pace(ack=0.05, redelivery=(0.0, 0.02, 0.05)))
    socket = await wire.open(workspace)
    await workspace.say("U0ADA", GENERAL, "hi")
    attempts = [await socket.next() for _ in range(4)]
    assert [one["retry_attempt"] for one in attempts] == [0, 1, 2, 3]
    assert [one["retry_reason"] for one in attempts] == ["", "timeout", "timeout", "timeout"]
    assert len({one["payload"]["event_id"] for one in attempts}) == 1
    assert len({one["envelope_id"] for one in attempts}) == 4
    await workspace.slack.outbound.quiet()


async def test_each_envelope_goes_to_one_socket(workspace: LocalWorkspace, wire: Wire) -> None:
    sockets = [await wire.open(workspace), await wire.open(workspace)]
    for number in range(4):
        await workspace.say("U0ADA", GENERAL, str(number))
    texts = [(await socket.event())["event"]["text"] for socket in sockets for _ in range(2)]
    assert sorted(texts) == ["0", "1", "2", "3"]


async def test_an_acknowledgement_may_come_by_another_connection(
    workspace: LocalWorkspace, wire: Wire
) -> None:
    first = await wire.open(workspace)
    await workspace.say("U0ADA", GENERAL, "hi")
    envelope = await first.next()
    second = await wire.open(workspace)
    await second.ack(envelope)
    await workspace.slack.outbound.quiet()
    await workspace.say("U0ADA", GENERAL, "next")
    await workspace.say("U0ADA", GENERAL, "last")
    texts = {(await one.event())["event"]["text"] for one in (first, second)}
    assert texts == {"next", "last"}


async def test_a_ticket_is_good_for_one_connection(workspace: LocalWorkspace, wire: Wire) -> None:
    client = client_of(workspace)
    url = (await client.apps_connections_open(app_token=workspace.app_token))["url"]
    async with aiohttp.ClientSession() as session:
        await session.ws_connect(url)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_an_eleventh_connection_is_one_too_many(
    workspace: LocalWorkspace, wire: Wire
) -> None:
    for _ in range(10):
        await wire.open(workspace)
    goodbye = await (await wire.bare(workspace)).next()
    assert (goodbye["type"], goodbye["reason"]) == ("disconnect", "too_many_websockets")


async def test_events_wait_for_an_app_that_is_away(workspace: LocalWorkspace, wire: Wire) -> None:
    await workspace.say("U0ADA", GENERAL, "anybody?")
    socket = await wire.open(workspace)
    assert (await socket.event())["event"]["text"] == "anybody?"


async def test_a_refresh_asks_every_connection_to_come_again(
    workspace: LocalWorkspace, wire: Wire
) -> None:
    socket = await wire.open(workspace)
    await workspace.slack.sockets.refresh()
    assert (await socket.next())["reason"] == "refresh_requested"


async def test_disconnect_cuts_every_socket_once(workspace: LocalWorkspace, wire: Wire) -> None:
    socket = await wire.open(workspace)
    workspace.faults.set("disconnect")
    assert await socket.ended()
    assert not workspace.faults.on("disconnect")
    await wire.open(workspace)


async def test_duplicates_are_the_same_event_three_times(
    workspace: LocalWorkspace, wire: Wire
) -> None:
    socket = await wire.open(workspace)
    workspace.faults.set("duplicates")
    await workspace.say("U0ADA", GENERAL, "hi")
    bodies = [await socket.event() for _ in range(3)]
    assert len({body["event_id"] for body in bodies}) == 1
    await workspace.slack.outbound.quiet()


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
