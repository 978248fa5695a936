"""Slack's side of a running service: signed in, listening, announcing, and looked after."""

import asyncio
import logging
from collections.abc import Awaitable, Coroutine
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.announcer.announcer import Announcer
from bot.announcer.meter import SLACK_ERRORS
from bot.app import make_app
from bot.connection.files import Files
from bot.connection.identity import Identity, sign_in_patiently
from bot.connection.socket_link import SocketLink
from bot.connection.watchdog import Watchdog
from bot.connection.web_api import asking_client, open_session, posting_client
from bot.errors import SlackUnavailable
from bot.home_tabs import HomeTabs
from bot.incoming.reading import signed_request
from bot.keys import person_key, user_of
from bot.people.groups import Groups
from bot.people.people import People
from bot.replies.whispers import Whispers
from bot.settings import SlackSettings
from bot.slack_side import SlackSide
from dispatch_core.dispatcher.door import Dispatcher
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.redaction import register_secret
from dispatch_core.views import AttachedFile

log = logging.getLogger(__name__)

EVENTS_PATH = "/slack/events"
# What is being said at a stop has this long, in seconds; Slack may have stopped answering.
LAST_WORDS = 5.0
STARTING = "Slack is not connected yet."


class Front:
    """Made first, started after the core, and stopped before it; `sign_in` opens it."""

    def __init__(self, settings: SlackSettings) -> None:
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None
        self._identity: Identity | None = None
        self._app: AsyncApp | None = None
        self._slack: SlackSide | None = None
        self._watchdog: Watchdog | None = None
        self._tasks: list[asyncio.Task[None]] = []
        for secret in (settings.bot_token, settings.app_token, settings.signing_secret):
            if secret:
                register_secret(secret)

    async def sign_in(self) -> Identity:
        """Ask Slack who the bot is, until it answers; SignInRefused where it says no."""
        self._session = open_session()
        self._identity = await sign_in_patiently(self._asking())
        log.info("Signed in to Slack as %s in %s", self._identity.bot_user, self._identity.team)
        return self._identity

    def rules(self) -> ApprovalRules:
        """Who may decide, as the operator set it."""
        team = self._signed_in().team
        said = self._settings
        approvers = frozenset(person_key(team, approver) for approver in said.dispatch_approvers)
        own = said.dispatch_approve_own
        return ApprovalRules(approvers, needed=said.dispatch_approvals_needed, approve_own=own)

    def routes(self) -> list[web.RouteDef]:
        """What the HTTP door serves for Slack: nothing where Socket Mode brings the events."""
        if self._settings.app_token:
            return []
        return [web.post(EVENTS_PATH, self._on_http)]

    def readiness(self) -> str:
        """Why no event can come now, in a sentence, or nothing."""
        if self._app is None:
            return STARTING
        return self._watchdog.readiness() if self._watchdog else ""

    async def welcome(self, person: str) -> bool:
        """Whether a person may use Dispatch now; SlackUnavailable where Slack does not say."""
        if self._slack is None:
            raise SlackUnavailable(what="who may use me", why="I am not connected yet")
        return not (await self._slack.people.find(user_of(person))).refusal

    async def fetch_file(self, file: AttachedFile, to: Path) -> None:
        """Bring an attached file; AttachmentUnavailable where it can't be had."""
        await Files(self._asking(), self._open_session()).fetch(file, to)

    async def start(self, dispatcher: Dispatcher) -> None:
        """Announce and listen; returns once events can come. Raises SignInRefused."""
        slack = self._slack = self._side(dispatcher)
        app = make_app(dispatcher, slack, self._settings)
        dispatcher.parts.meters.announces(SLACK_ERRORS)
        announcer = Announcer(dispatcher, self._posting(), meter=dispatcher.parts.meters)
        self._keep(announcer.run(), "announcer")
        self._keep(slack.homes.run(), "home tabs")
        if self._settings.app_token:
            self._watchdog = Watchdog(lambda: self._link(app))
            await self._watchdog.start()
            self._keep(self._watchdog.run(), "watchdog")
        self._app = app

    async def ended(self) -> None:
        """Return when something that should run for ever has ended; raises what ended it."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def stop(self) -> None:
        """Take no more events, say what is left to say, and close, within LAST_WORDS seconds."""
        self._app = None
        for task in self._tasks:
            task.cancel()
        ends: list[Awaitable[Any]] = [asyncio.gather(*self._tasks, return_exceptions=True)]
        if self._watchdog is not None:
            ends.append(self._watchdog.close())
        if self._slack is not None:
            ends.append(self._slack.whispers.drain(LAST_WORDS))
        await asyncio.gather(*ends)

    async def close(self) -> None:
        """Close the connections to Slack; the last thing, since a worker may fetch files."""
        if self._session is not None:
            await self._session.close()

    async def _on_http(self, request: web.Request) -> web.Response:
        if self._app is None:
            return web.Response(status=503, text=STARTING)
        # Not made at the start: by Socket Mode there may be no secret, which it would refuse.
        verifier = SignatureVerifier(self._settings.signing_secret)
        asked = await signed_request(request, verifier)
        return await to_aiohttp_response(await self._app.async_dispatch(asked))

    def _side(self, dispatcher: Dispatcher) -> SlackSide:
        identity, asking = self._signed_in(), self._asking()
        guests = self._settings.dispatch_allow_guests
        return SlackSide(
            identity=identity,
            asking=asking,
            posting=self._posting(),
            people=People(asking, identity, guests),
            groups=Groups(asking, identity, self._settings.dispatch_approvers),
            whispers=Whispers(asking, self._open_session()),
            homes=HomeTabs(asking, dispatcher, identity.team),
        )

    def _link(self, app: AsyncApp) -> SocketLink:
        return SocketLink(app, self._settings.app_token, self._posting())

    def _asking(self) -> AsyncWebClient:
        settings = self._settings
        return asking_client(settings.bot_token, settings.slack_api_url, self._open_session())

    def _posting(self) -> AsyncWebClient:
        settings = self._settings
        return posting_client(settings.bot_token, settings.slack_api_url, self._open_session())

    def _keep(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._tasks.append(asyncio.create_task(work, name=name))

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("sign_in comes first")
        return self._session

    def _signed_in(self) -> Identity:
        if self._identity is None:
            raise RuntimeError("sign_in comes first")
        return self._identity
