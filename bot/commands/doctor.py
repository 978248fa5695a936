"""`dispatch doctor`: what is missing, and how to mend it."""

import asyncio

import aiohttp
import click
from slack_sdk.web.async_client import AsyncWebClient

from bot.commands.logs import LogSettings
from bot.connection.identity import FAULTS, Identity, reason_of, sign_in
from bot.connection.manifest import granted_scopes
from bot.connection.web_api import asking_client, on_this_machine, open_session
from bot.settings import SlackReach, SlackSettings
from dispatch_core.diagnosis import Finding, diagnose
from dispatch_core.errors import DispatchError, SettingError
from dispatch_core.settings import CoreSettings, read_settings

HELLO_SECONDS = 10.0
FROM_SLACK = {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"}
SET_IT = "set it in the environment or in .env"
COPY_IT = "copy it from your app's page at api.slack.com/apps (`dispatch demo` needs none)"
REINSTALL = "give the app the scopes of manifest.yml and install it anew"


def examine(*, of_worker: bool = False) -> bool:
    """Print a line for each thing looked at; returns whether nothing needed is missing.

    of_worker looks at what `dispatch worker` needs: of Slack no more than the bot token, if set.
    """
    slack = _slack_of_worker() if of_worker else _slack()
    findings = [*_core(), *_log(), *asyncio.run(slack)]
    for finding in findings:
        click.echo(_line(finding))
    return all(finding.ok for finding in findings)


def _line(finding: Finding) -> str:
    if finding.ok:
        return f"✓ {finding.name}: {finding.detail}"
    return f"✗ {finding.name}: {finding.detail.rstrip('.')}. To mend it: {finding.mend}."


def _core() -> list[Finding]:
    try:
        return diagnose(read_settings(CoreSettings))
    except SettingError as error:
        return [Finding("settings", False, str(error), SET_IT)]


def _log() -> list[Finding]:
    try:
        read_settings(LogSettings)
    except SettingError as error:
        return [Finding("log settings", False, str(error), SET_IT)]
    return []


async def _slack() -> list[Finding]:
    try:
        settings = read_settings(SlackSettings)
    except SettingError as error:
        return [_wrong(error)]
    async with open_session() as session:
        client = asking_client(settings.bot_token, settings.slack_api_url, session)
        findings = [Finding("Slack settings", True, "all there"), *await _token(client)]
        if settings.app_token:
            findings.append(await _socket(client, settings.app_token, session))
    return findings


async def _slack_of_worker() -> list[Finding]:
    try:
        settings = read_settings(SlackReach)
    except SettingError as error:
        return [_wrong(error)]
    if not settings.bot_token:
        return [Finding("Slack settings", True, "no bot token, so attached files are not fetched")]
    async with open_session() as session:
        return await _token(asking_client(settings.bot_token, settings.slack_api_url, session))


def _wrong(error: SettingError) -> Finding:
    mend = COPY_IT if str(error.facts["name"]) in FROM_SLACK else SET_IT
    return Finding("Slack settings", False, str(error), mend)


async def _token(client: AsyncWebClient) -> list[Finding]:
    mend = "copy the bot token anew, and check SLACK_API_URL and the network"
    try:
        identity = await sign_in(client)
    except FAULTS as fault:
        return [Finding("Slack bot token", False, f"auth.test: {reason_of(fault)}", mend)]
    who = f"{identity.bot_user} in {identity.team_name or identity.team}"
    return [Finding("Slack bot token", True, who), _scopes(identity)]


def _scopes(identity: Identity) -> Finding:
    try:
        wanted = granted_scopes()
    except DispatchError as error:
        return Finding("Slack scopes", False, str(error), "fetch the whole repository")
    if not identity.scopes:
        return Finding("Slack scopes", True, "Slack did not say which were granted")
    missing = ", ".join(sorted(wanted - identity.scopes))
    detail = f"missing: {missing}" if missing else f"all {len(wanted)} granted"
    return Finding("Slack scopes", not missing, detail, REINSTALL)


async def _socket(client: AsyncWebClient, token: str, session: aiohttp.ClientSession) -> Finding:
    mend = "make an app-level token with connections:write, and turn Socket Mode on"
    try:
        address = str((await client.apps_connections_open(app_token=token))["url"])
        # The proxy of the client is this network's; a socket on this machine takes none.
        proxy = None if on_this_machine(address.replace("ws", "http", 1)) else client.proxy
        async with session.ws_connect(address, proxy=proxy) as socket:
            await asyncio.wait_for(socket.receive_json(), HELLO_SECONDS)
    except (*FAULTS, TypeError, ValueError) as fault:
        return Finding("Slack socket", False, f"it does not open ({reason_of(fault)})", mend)
    return Finding("Slack socket", True, "it opens")
