"""What the app's manifest.yml grants: scopes, events, commands and features."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.local_workspace.json_text import Json

EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.im": "im:history",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "file_shared": "files:read",
}
"""The scope that Slack wants before it delivers an event; the others need none."""


@dataclass(frozen=True)
class Manifest:
    """The parts of an app manifest that decide what the app may do and is told."""

    name: str
    scopes: frozenset[str]
    events: frozenset[str]
    commands: tuple[Json, ...]
    socket_mode: bool
    interactive: bool
    home_tab: bool
    messages_tab: bool

    def delivers(self, event: str) -> bool:
        """Whether the app subscribed to the event and holds its scope."""
        needed = EVENT_SCOPES.get(event)
        return event in self.events and (needed is None or needed in self.scopes)


def read_manifest(path: Path) -> Manifest:
    """Read a manifest in YAML or JSON (which is YAML too)."""
    whole = yaml.safe_load(path.read_text(encoding="utf-8"))
    features = whole.get("features", {})
    settings = whole.get("settings", {})
    home = features.get("app_home", {})
    return Manifest(
        name=features.get("bot_user", {}).get("display_name", "dispatch"),
        scopes=frozenset(whole.get("oauth_config", {}).get("scopes", {}).get("bot", ())),
        events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", ())),
        commands=tuple(features.get("slash_commands", ())),
        socket_mode=bool(settings.get("socket_mode_enabled", False)),
        interactive=bool(settings.get("interactivity", {}).get("is_enabled", False)),
        home_tab=bool(home.get("home_tab_enabled", False)),
        messages_tab=bool(home.get("messages_tab_enabled", True)),
    )
