"""A socket that is connected but deaf, down, or closed underneath."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace

import pytest

from bot.connection.socket_link import SocketLink
from bot.connection.watchdog import CONNECTING, DEAF, DOWN, Watchdog
from bot.connection.web_api import open_session, posting_client
from bot.errors import SignInRefused
from bot.local_workspace.directory import BOT_USER, TEAM
from bot.local_workspace.workspace import LocalWorkspace
from tests.bot.listeners.desk import ADA, BOT, MANIFEST, QUICK, Desk


@dataclass
class Clock:
    """Moves when a test says so; seconds."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Link:
    """A socket as the watchdog sees it."""

    clock: Clock
    opens: bool = True
    answers: bool = True
    is_alive: bool = True
    closed: bool = False
    knocks: int = 0
    heard_at: float = field(default=0.0)

    async def open(self) -> None:
        if not self.opens:
            raise TimeoutError
        self.heard_at = self.clock()

    async def knock(self) -> None:
        self.knocks += 1
        if not self.answers:
            raise TimeoutError
        self.heard_at = self.clock()

    async def alive(self) -> bool:
        return self.is_alive

    async def close(self) -> None:
        self.closed = True


def a_watchdog(clock: Clock, *links: Link) -> Watchdog:
    remaining = iter(links)
    return Watchdog(lambda: next(remaining), clock)  # type: ignore[arg-type,return-value]


async def test_it_is_not_ready_before_the_socket_opens() -> None:
    clock = Clock()
    watchdog = a_watchdog(clock, Link(clock))
    assert watchdog.readiness() == CONNECTING
    await watchdog.start()
    assert watchdog.readiness() == ""


async def test_a_quiet_socket_that_answers_a_knock_is_kept() -> None:
    clock = Clock()
    link = Link(clock)
    watchdog = a_watchdog(clock, link)
    await watchdog.start()
    clock.now = 121
    await watchdog.check()
    assert (link.knocks, link.closed, watchdog.readiness()) == (1, False, "")


async def test_a_deaf_socket_is_replaced() -> None:
    clock = Clock()
    deaf, fresh = Link(clock, answers=False), Link(clock)
    watchdog = a_watchdog(clock, deaf, fresh)
    await watchdog.start()
    clock.now = 121
    await watchdog.check()
    assert (deaf.closed, fresh.closed, watchdog.readiness()) == (True, False, "")


async def test_readiness_says_that_the_socket_is_deaf_until_a_new_one_opens() -> None:
    clock = Clock()
    deaf, bad, good = Link(clock, answers=False), Link(clock, opens=False), Link(clock)
    watchdog = a_watchdog(clock, deaf, bad, good)
    await watchdog.start()
    clock.now = 121
    await watchdog.check()
    assert watchdog.readiness() == DEAF
    await watchdog.check()
    assert watchdog.readiness() == ""


async def test_a_socket_that_is_down_is_first_left_to_the_sdk_and_then_replaced() -> None:
    clock = Clock()
    down, fresh = Link(clock), Link(clock)
    watchdog = a_watchdog(clock, down, fresh)
    await watchdog.start()
    down.is_alive = False
    clock.now = 5
    await watchdog.check()
    assert (watchdog.readiness(), down.closed) == (DOWN, False)
    clock.now = 16
    await watchdog.check()
    assert (watchdog.readiness(), down.closed) == ("", True)


class Slack:
    """A local workspace and links to it."""

    def __init__(self, workspace: LocalWorkspace, make: Callable[[str], SocketLink]) -> None:
        self.workspace = workspace
        self.make = make


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    from slack_bolt.async_app import AsyncApp
    from slack_bolt.authorization import AuthorizeResult

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id=TEAM, bot_token=workspace.bot_token, bot_user_id=BOT_USER
        )

    # Nobody takes what is said there, and its retries are no matter here.
    workspace = LocalWorkspace(MANIFEST, pace=replace(QUICK, ack=1.0))
    await workspace.start(port=0)
    async with open_session() as session:
        client = posting_client(workspace.bot_token, workspace.api_url, session)
        app = AsyncApp(client=client, signing_secret="none", authorize=authorize)
        yield Slack(workspace, lambda token: SocketLink(app, token, client))
    await workspace.stop()


async def test_a_real_link_hears_the_hello_and_answers_a_knock(slack: Slack) -> None:
    link = slack.make(slack.workspace.app_token)
    await link.open()
    assert await link.alive()
    heard = link.heard_at
    await link.knock()
    assert link.heard_at > heard
    await link.close()
    assert not await link.alive()


async def test_a_link_whose_session_was_closed_is_not_alive_though_the_sdk_says_so(
    slack: Slack,
) -> None:
    link = slack.make(slack.workspace.app_token)
    await link.open()
    client = link._handler.client
    await client.aiohttp_client_session.close()
    assert not await link.alive()
    await link.close()


async def test_a_refused_app_token_is_told_and_not_tried_for_ever(slack: Slack) -> None:
    link = slack.make("xapp-wrong")
    with pytest.raises(SignInRefused, match="SLACK_APP_TOKEN"):
        await link.open()
    await link.close()


async def test_a_real_service_hears_again_after_its_socket_went_deaf(desk: Desk) -> None:
    watchdog = desk.front._watchdog
    assert watchdog is not None
    link = watchdog._link
    assert link is not None
    link._handler.client.message_listeners.clear()
    link._handler.client.socket_mode_request_listeners.clear()
    link.heard_at -= 1_000
    # Short for the knock that nobody answers, and not for opening anew.
    watchdog._patience, make = 0.3, watchdog._make

    def make_patiently() -> SocketLink:
        watchdog._patience = 60
        return make()

    watchdog._make = make_patiently
    await watchdog.check()
    assert watchdog.readiness() == ""
    ts = await desk.say(ADA, f"{BOT} hello")
    assert len(await desk.runs(ts)) == 1


async def test_a_process_that_gets_no_event_because_another_gets_all_is_not_deaf(
    slack: Slack,
) -> None:
    first, second = (Watchdog(lambda: slack.make(slack.workspace.app_token)) for _ in range(2))
    for watchdog in (first, second):
        await watchdog.start()
    slack.workspace.slack.sockets.pinned = 0
    await slack.workspace.say(ADA, "C0GENERAL", "talk")
    assert second._link is not None
    second._link.heard_at -= 1_000
    await second.check()
    assert (second.readiness(), slack.workspace.slack.sockets.count) == ("", 2)
    heard = second._link.heard_at
    slack.workspace.slack.sockets.pinned = 1
    await slack.workspace.say(ADA, "C0GENERAL", "more talk")
    await slack.workspace.slack.outbound.quiet()
    assert second._link.heard_at > heard
    for watchdog in (first, second):
        await watchdog.close()


async def test_a_process_for_whose_socket_slack_has_no_place_is_not_ready(
    slack: Slack, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.local_workspace.sockets.MOST_CONNECTIONS", 1)
    first, second = (slack.make(slack.workspace.app_token) for _ in range(2))
    await first.open()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.wait_for(second.open(), 60)
    assert caplog.text.count("ten at most") == 1
    await second.close()
    await first.close()


async def test_messages_sent_while_sockets_drop_are_all_taken(desk: Desk) -> None:
    desk.impatient(5)
    sent = []
    for number in range(10):
        if number % 4 == 2:
            await desk.workspace.slack.sockets.drop()
        sent.append(await desk.workspace.say(ADA, "C0GENERAL", f"{BOT} 2 + {number}"))
    await desk.settled()
    assert [len(await desk.runs(ts)) for ts in sent] == [1] * 10
