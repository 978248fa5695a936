"""Slash commands."""

from bot.local_workspace.answers import answer
from bot.local_workspace.delivery import Kind, NotAcknowledged
from bot.local_workspace.directory import APP, TEAM, TEAM_DOMAIN
from bot.local_workspace.interactions import response_url
from bot.local_workspace.json_text import Json
from bot.local_workspace.people import seen_channel
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.slack import Slack
from bot.local_workspace.texts import typed


async def run(slack: Slack, user: str, channel_id: str, command: str, text: str) -> None:
    """Send a command to the app. A silent app is Slack's `operation_timeout`."""
    known = next((one for one in slack.manifest.commands if one["command"] == command), None)
    if known is None or "commands" not in slack.manifest.scopes:
        raise Refusal("unknown_command")
    channel = seen_channel(slack, user, channel_id)
    key = slack.response_urls.new(channel.id, user)
    payload = {
        "token": "local-verification-token",
        "team_id": TEAM,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.is_im else channel.name,
        "user_id": user,
        "user_name": slack.directory.person(user).name,
        "command": command,
        "text": typed(text, slack.directory) if known.get("should_escape") else text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": response_url(slack, key),
        "trigger_id": slack.triggers.new(user),
    }
    _answer(slack, key, await _ask(slack, payload))


async def _ask(slack: Slack, payload: Json) -> Json:
    try:
        return await slack.outbound.ask(Kind.COMMAND, payload)
    except NotAcknowledged as silence:
        late = "timeout" in silence.reason
        raise Refusal("operation_timeout" if late else "dispatch_failed") from None


def _answer(slack: Slack, key: str, given: Json) -> None:
    """What came with the acknowledgement is shown; it is no use of the response_url."""
    if given.get("text") or given.get("blocks"):
        answer(slack, slack.response_urls.peek(key), given)
