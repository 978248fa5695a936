"""manifest.yml holds what the code uses, and nothing more."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_sdk.web.async_client import AsyncWebClient

from tests.bot.listeners.desk import MANIFEST, ROOT

# Method → the bot scopes that it needs, by docs.slack.dev/reference/methods/<method>. Where one of
# several is enough (a kind of conversation each), all kinds that the bot serves are listed.
HISTORY = {"channels:history", "groups:history", "im:history", "mpim:history"}
SCOPES: dict[str, set[str]] = {
    "apps_connections_open": set(),  # connections:write, of the app-level token
    "auth_test": set(),
    "chat_delete": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": HISTORY,
    "conversations_open": {"im:write"},
    "conversations_replies": HISTORY,
    "files_completeUploadExternal": {"files:write"},
    "files_getUploadURLExternal": {"files:write"},
    "files_info": {"files:read"},
    "reactions_add": {"reactions:write"},
    "usergroups_users_list": {"usergroups:read"},
    "users_info": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
}
# Subscription → scope, by docs.slack.dev/reference/events/<event>.
EVENT_SCOPES = {
    "app_home_opened": set[str](),
    "app_mention": {"app_mentions:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "message.mpim": {"mpim:history"},
}
# A listener's event type → the subscriptions that bring it.
SUBSCRIPTIONS = {
    "app_home_opened": {"app_home_opened"},
    "app_mention": {"app_mention"},
    "message": {"message.channels", "message.groups", "message.im", "message.mpim"},
}
COMMAND_SCOPE = {"commands"}


@pytest.fixture
def manifest() -> dict[str, Any]:
    return yaml.safe_load(MANIFEST.read_text())


def _calls() -> Iterator[ast.Call]:
    for path in sorted((ROOT / "bot").rglob("*.py")):
        if "local_workspace" in path.relative_to(ROOT).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield node


def _called_methods() -> set[str]:
    """Every Web API method of slack_sdk's client that the bot calls by name."""
    known = {
        name
        for name, member in inspect.getmembers(AsyncWebClient, inspect.iscoroutinefunction)
        if re.fullmatch(r"[a-z]+_[a-zA-Z_]+", name) and name != "api_call"
    }
    names = {node.func.attr for node in _calls() if isinstance(node.func, ast.Attribute)}
    assert "api_call" not in names, "call methods by their names, so that this test sees them"
    return names & known


def _registered(kind: str) -> set[str]:
    """The names in `app.<kind>("…")`; of a pattern, what it begins with."""
    taken = [
        next(iter(node.args[0].args)) if isinstance(node.args[0], ast.Call) else node.args[0]
        for node in _calls()
        if isinstance(node.func, ast.Attribute)
        and node.func.attr == kind
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "app"
    ]
    names = [str(one.value) for one in taken if isinstance(one, ast.Constant)]
    return {re.sub(r"^\^([a-z_]+)\(.*", r"\1", name) for name in names}


def test_each_method_that_is_called_has_its_scopes_looked_up() -> None:
    assert _called_methods() == set(SCOPES)


def test_the_scopes_are_those_of_methods_events_and_commands_and_no_others(
    manifest: dict[str, Any],
) -> None:
    wanted = set().union(*SCOPES.values(), *EVENT_SCOPES.values(), COMMAND_SCOPE)
    granted = manifest["oauth_config"]["scopes"]
    assert set(granted) == {"bot"}
    assert sorted(granted["bot"]) == sorted(wanted)


def test_the_events_are_those_that_a_listener_takes(manifest: dict[str, Any]) -> None:
    taken = set().union(*(SUBSCRIPTIONS[event] for event in _registered("event")))
    subscribed = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert sorted(subscribed) == sorted(taken) == sorted(EVENT_SCOPES)


def test_the_commands_are_those_that_a_listener_takes(manifest: dict[str, Any]) -> None:
    commands = manifest["features"]["slash_commands"]
    assert {one["command"] for one in commands} == _registered("command")
    # By docs.slack.dev/reference/app-manifest.
    assert all(len(one["command"]) <= 32 and len(one["description"]) <= 2_000 for one in commands)


def test_each_button_that_is_drawn_has_its_listener_and_no_listener_waits_in_vain() -> None:
    drawn = set()
    for path in (ROOT / "bot" / "blocks").glob("*.py"):
        drawn |= set(
            re.findall(
                r'"((?:approval|grant|run|device|schedule)_(?![a-z_]*modal")[a-z_]+)"', _text(path)
            )
        )
    assert drawn == _registered("action")


def test_features_that_are_used_are_on_and_others_are_off(manifest: dict[str, Any]) -> None:
    features, settings = manifest["features"], manifest["settings"]
    assert set(features) == {"app_home", "bot_user", "slash_commands"}
    assert features["app_home"]["home_tab_enabled"]
    assert features["app_home"]["messages_tab_enabled"]
    assert not features["app_home"]["messages_tab_read_only_enabled"]
    assert settings["interactivity"]["is_enabled"]
    assert settings["socket_mode_enabled"]
    assert not settings["token_rotation_enabled"]
    assert len(manifest["display_information"]["name"]) <= 35
    assert len(manifest["display_information"]["description"]) <= 140


def _text(path: Path) -> str:
    return path.read_text()
