"""The Bolt app around a dispatcher: the same listeners for Socket Mode and for signed HTTP."""

import logging
from collections.abc import Awaitable, Callable
from typing import cast

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.connection.identity import Identity
from bot.incoming.reading import refuse_unreadable
from bot.listeners import (
    approvals,
    commands,
    devices,
    grants,
    home,
    requests,
    runs,
    schedules,
)
from bot.replies import apologies
from bot.settings import SlackSettings
from bot.slack_side import SlackSide
from dispatch_core.dispatcher.door import Dispatcher

Authorize = Callable[..., Awaitable[AuthorizeResult]]

log = logging.getLogger("bot.bolt")

ELSEWHERE = "I work for people of my own workspace only; ask a colleague who is in it."


def make_app(dispatcher: Dispatcher, slack: SlackSide, settings: SlackSettings) -> AsyncApp:
    """Register every listener; Slack is acknowledged after a listener's verb has committed."""
    app = AsyncApp(
        logger=_quiet(log),
        name="dispatch",
        # Its own client, without the token: `authorize` gives that, and Bolt warns about two.
        client=AsyncWebClient(base_url=settings.slack_api_url, session=slack.asking.session),
        signing_secret=settings.signing_secret,
        authorize=_authorizer(slack.identity, settings.bot_token),
        user_facing_authorize_error_message=ELSEWHERE,
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        attaching_conversation_kwargs_enabled=False,
    )
    app.middleware(refuse_unreadable)
    for listeners in (requests, approvals, grants, runs, devices, schedules, commands):
        listeners.register(app, dispatcher, slack)
    home.register(app, slack)
    apologies.register(app, slack.whispers)
    return app


def _authorizer(identity: Identity, token: str) -> Authorize:
    result = AuthorizeResult(
        enterprise_id=identity.enterprise,
        team_id=identity.team,
        bot_user_id=identity.bot_user,
        bot_id=identity.bot_id,
        bot_token=token,
    )

    async def authorize(team_id: str | None) -> AuthorizeResult:
        """The bot's one identity, known since the start; another workspace has none here."""
        # Bolt takes None for "not installed there", though its own type does not say so.
        return result if team_id in (None, identity.team) else cast("AuthorizeResult", None)

    return authorize


def _quiet(logger: logging.Logger) -> logging.Logger:
    if not logger.filters:
        # Bolt sees SLACK_BOT_TOKEN in the environment and advises against what is meant here.
        logger.addFilter(lambda record: "`token`" not in record.getMessage())
        logger.addFilter(_without_trace_where_cut_off)
    return logger


def _without_trace_where_cut_off(record: logging.LogRecord) -> bool:
    """A socket that closed before an answer was sent is no fault: Slack brings the event again."""
    if record.exc_info and isinstance(record.exc_info[1], ConnectionError):
        record.exc_info = None
    return True
