"""Who the bot is: one auth.test at the start, asked until Slack answers."""

import asyncio
import logging
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SignInRefused

log = logging.getLogger(__name__)

# auth.test's own errors that no waiting mends: https://docs.slack.dev/reference/methods/auth.test
FINAL = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "token_expired",
        "token_revoked",
    }
)
_LONGEST_WAIT_SECONDS = 30.0

# What a call to Slack may raise when Slack or the network is at fault, and not the call.
FAULTS = (SlackApiError, aiohttp.ClientError, asyncio.TimeoutError, OSError)


@dataclass(frozen=True, slots=True)
class Identity:
    """The bot in its workspace; scopes are those that Slack says were granted."""

    team: str
    team_name: str
    bot_user: str
    bot_id: str
    enterprise: str | None = None
    scopes: frozenset[str] = frozenset()


async def sign_in(client: AsyncWebClient) -> Identity:
    """Ask Slack who the token's owner is; raises what the call raises, without a retry."""
    answer = await client.auth_test()
    granted = (answer.headers or {}).get("x-oauth-scopes", "")
    return Identity(
        team=str(answer["team_id"]),
        team_name=str(answer.get("team", "")),
        bot_user=str(answer["user_id"]),
        bot_id=str(answer.get("bot_id", "")),
        enterprise=answer.get("enterprise_id"),
        scopes=frozenset(scope.strip() for scope in str(granted).split(",") if scope.strip()),
    )


async def sign_in_patiently(client: AsyncWebClient) -> Identity:
    """Ask until Slack answers; SignInRefused where the answer is a lasting no."""
    wait = 1.0
    while True:
        try:
            return await sign_in(client)
        except FAULTS as fault:
            why = reason_of(fault)
            if why in FINAL:
                raise SignInRefused(name="SLACK_BOT_TOKEN", why=why) from None
            log.warning("Slack did not answer auth.test (%s); asking again in %.0f s", why, wait)
        await asyncio.sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT_SECONDS)


def reason_of(fault: BaseException) -> str:
    """Why a call to Slack failed, in a word or two and without the request in it."""
    if isinstance(fault, SlackApiError):
        try:
            return str(fault.response["error"] or "an answer without words")
        except (AttributeError, KeyError, TypeError, ValueError):
            return "an answer that is not Slack's"
    return type(fault).__name__
