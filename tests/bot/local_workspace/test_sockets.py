"""Socket Mode: tickets, connections, acknowledgements and redelivery."""

import aiohttp
import pytest

from bot.local_workspace.pace import Pace
from bot.local_workspace.workspace import LocalWorkspace

from .bare_socket import Wire
from .conftest import Start, client_of

GENERAL = "C0GENERAL"


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


async def test_a_pinned_connection_gets_all_that_comes(
    workspace: LocalWorkspace, wire: Wire
) -> None:
    sockets = [await wire.open(workspace), await wire.open(workspace)]
    for number in (1, 1, 0):
        workspace.slack.sockets.pinned = number
        await workspace.say("U0ADA", GENERAL, f"to {number}")
        assert (await sockets[number].event())["event"]["text"] == f"to {number}"


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
