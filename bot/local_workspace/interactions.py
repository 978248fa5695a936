"""Clicks and choices in messages and views: block_actions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.local_workspace.block_kit.checking import elements_of
from bot.local_workspace.delivery import Kind, NotAcknowledged
from bot.local_workspace.directory import APP, TEAM, TEAM_DOMAIN
from bot.local_workspace.json_text import Json
from bot.local_workspace.people import seen_channel
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.slack import Slack

CHOICES = (
    "selected_option",
    "selected_options",
    "selected_user",
    "selected_users",
    "selected_channel",
    "selected_channels",
    "selected_conversation",
    "selected_conversations",
    "selected_date",
    "selected_time",
    "selected_date_time",
    "rich_text_value",
    "files",
)
"""What an element that is not a button may say about its state, besides `value`."""
UNANSWERED = "The app didn't answer in time; try again."


@dataclass(frozen=True)
class Click:
    """What a person did: on which element, in a message or in a view, with what choice."""

    user: str
    action_id: str
    block_id: str = ""
    channel: str = ""
    message_ts: str = ""
    view_id: str = ""
    choice: Json | None = None
    state: Json | None = None


async def act(slack: Slack, click: Click) -> bool:
    """Tell the app about a click; whether it acknowledged. If not, the person is told."""
    payload = _in_view(slack, click) if click.view_id else _in_message(slack, click)
    return await ask(slack, click.user, payload) is not None


async def ask(slack: Slack, user: str, payload: Json) -> Json | None:
    """Send an interaction; None, and an error to the person, if the app stays silent."""
    if not slack.manifest.interactive:
        raise Refusal("interactivity_not_enabled")
    try:
        return await slack.outbound.ask(Kind.INTERACTIVE, payload)
    except NotAcknowledged:
        tell(slack, user, UNANSWERED)
        return None


def tell(slack: Slack, user: str, sentence: str) -> None:
    """Show a person what went wrong."""
    slack.page.publish("error", {"sentence": sentence}, frozenset({user}))


def common(slack: Slack, kind: str, user: str) -> Json:
    """What every interaction says: who, in which team, and for which app."""
    person = slack.directory.person(user)
    return {
        "type": kind,
        "user": {
            "id": person.id,
            "username": person.name,
            "name": person.name,
            "team_id": TEAM,
        },
        "api_app_id": APP,
        "token": "local-verification-token",
        "trigger_id": slack.triggers.new(user),
        "team": {"id": TEAM, "domain": TEAM_DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def response_url(slack: Slack, key: str) -> str:
    return f"{slack.url}/response/{key}"


def _in_message(slack: Slack, click: Click) -> Json:
    channel = seen_channel(slack, click.user, click.channel)
    hidden = slack.messages.ephemeral(channel.id, click.user, click.message_ts)
    message = hidden or slack.messages.get(channel.id, click.message_ts)
    thread_ts = message.get("thread_ts")
    key = slack.response_urls.new(
        channel.id, click.user, message["ts"], thread_ts, ephemeral=hidden is not None
    )
    container = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel.id,
        "is_ephemeral": hidden is not None,
    }
    payload = common(slack, "block_actions", click.user) | {
        "container": container | ({"thread_ts": thread_ts} if thread_ts else {}),
        "channel": {
            "id": channel.id,
            "name": "directmessage" if channel.is_im else channel.name,
        },
        "response_url": response_url(slack, key),
        "actions": [_action(slack, click, message.get("blocks", []))],
        "state": {"values": click.state or _chosen(click)},
    }
    shown = slack.messages.shown(channel.id, message)
    return payload if hidden else payload | {"message": shown}


def _in_view(slack: Slack, click: Click) -> Json:
    view = slack.views.get(click.view_id)
    if slack.views.owner(click.view_id) != click.user:
        raise Refusal("view_not_found")
    action = _action(slack, click, view["blocks"])
    values = click.state or view["state"]["values"] | _chosen(click)
    return common(slack, "block_actions", click.user) | {
        "container": {"type": "view", "view_id": view["id"]},
        "view": view | {"state": {"values": values}},
        "actions": [action],
    }


def _action(slack: Slack, click: Click, blocks: list[Json]) -> Json:
    block, element = _find(click, blocks)
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": slack.messages.new_ts(),
    }
    if element["type"] == "button":
        told = ("text", "value", "style", "url")
        return action | {key: element[key] for key in told if key in element}
    if "placeholder" in element:
        action["placeholder"] = element["placeholder"]
    return action | _checked_choice(element, click.choice or {})


def _checked_choice(element: Json, choice: Json) -> Json:
    """What was chosen; an option that the element does not offer can't be chosen."""
    offered = list(_options(element))
    for chosen in _as_list(choice.get("selected_option")) + _as_list(
        choice.get("selected_options")
    ):
        if offered and chosen.get("value") not in offered:
            raise Refusal("option_not_found")
    return {key: choice[key] for key in (*CHOICES, "value") if key in choice}


def _options(element: Json) -> Iterator[str]:
    for option in element.get("options", ()):
        yield option["value"]
    for group in element.get("option_groups", ()):
        yield from (option["value"] for option in group["options"])


def _as_list(value: Any) -> list[Json]:
    if isinstance(value, list):
        return value
    return [value] if value else []


def _chosen(click: Click) -> Json:
    if not (click.choice and click.block_id):
        return {}
    return {click.block_id: {click.action_id: click.choice}}


def _find(click: Click, blocks: list[Json]) -> tuple[Json, Json]:
    for block in blocks:
        if click.block_id in {"", block["block_id"]}:
            for element in elements_of(block):
                if element.get("action_id") == click.action_id:
                    return block, element
    return _redrawn(click, blocks)


def _redrawn(click: Click, blocks: list[Json]) -> tuple[Json, Json]:
    """The same button in a message that was edited, so in another block, while it was pressed."""
    value = (click.choice or {}).get("value")
    for block in blocks:
        for element in elements_of(block):
            if value and (element.get("action_id"), element.get("value")) == (
                click.action_id,
                value,
            ):
                return block, element
    raise Refusal("action_not_found")
