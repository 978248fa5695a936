"""Modals and App Homes, as Slack keeps them."""

import secrets

from bot.local_workspace.directory import APP, BOT, TEAM
from bot.local_workspace.json_text import Json
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.state_file import StateFile

DEEPEST = 3
"""How many modals may lie on each other."""


class Views:
    """The open modals of each person, the lowest first; and each person's App Home."""

    def __init__(self, state: StateFile) -> None:
        self._state = state
        self._stacks: dict[str, list[Json]] = {}
        self._homes: dict[str, Json] = state.kept("home")

    def open(self, user: str, view: Json) -> Json:
        """Open a modal on top of none."""
        opened = _view_json(view, None)
        self._stacks[user] = [opened]
        return opened

    def push(self, user: str, view: Json) -> Json:
        """Lay a modal on the open one."""
        stack = self._stacks.get(user, [])
        if not stack:
            raise Refusal("not_found")
        if len(stack) >= DEEPEST:
            raise Refusal("push_limit_reached")
        pushed = _view_json(view, stack[-1])
        stack.append(pushed)
        return pushed

    def replace(self, view_id: str, view: Json) -> tuple[str, Json]:
        """Change an open modal in place; returns its person and what it is now."""
        user, stack, index = self._place(view_id)
        old = stack[index]
        fresh = _view_json(view, None) | {
            key: old[key] for key in ("id", "root_view_id", "previous_view_id")
        }
        stack[index] = fresh
        return user, fresh

    def close(self, view_id: str) -> list[Json]:
        """Take a modal and all above it away; returns them, the topmost first."""
        _, stack, index = self._place(view_id)
        closed = stack[index:]
        del stack[index:]
        return closed[::-1]

    def clear(self, user: str) -> list[Json]:
        """Take all modals of a person away."""
        return self._stacks.pop(user, [])[::-1]

    def top(self, user: str) -> Json | None:
        stack = self._stacks.get(user)
        return stack[-1] if stack else None

    def get(self, view_id: str) -> Json:
        """An open modal or an App Home."""
        for home in self._homes.values():
            if home["id"] == view_id:
                return home
        _, stack, index = self._place(view_id)
        return stack[index]

    def owner(self, view_id: str) -> str:
        """Who looks at a view."""
        for user, home in self._homes.items():
            if home["id"] == view_id:
                return user
        return self._place(view_id)[0]

    def by_external_id(self, external_id: str) -> Json:
        for stack in self._stacks.values():
            for view in stack:
                if view["external_id"] == external_id:
                    return view
        raise Refusal("not_found")

    def home(self, user: str) -> Json | None:
        return self._homes.get(user)

    def publish(self, user: str, view: Json) -> Json:
        """Set a person's App Home."""
        old = self._homes.get(user)
        fresh = _view_json(view, None)
        if old:
            fresh |= {"id": old["id"], "root_view_id": old["id"]}
        self._homes[user] = fresh
        self._state.keep("home", user, fresh)
        return fresh

    def forget_all(self) -> None:
        self._stacks.clear()
        self._homes.clear()

    def _place(self, view_id: str) -> tuple[str, list[Json], int]:
        for user, stack in self._stacks.items():
            for index, view in enumerate(stack):
                if view["id"] == view_id:
                    return user, stack, index
        raise Refusal("not_found")


def _view_json(view: Json, below: Json | None) -> Json:
    view_id = f"V{secrets.token_hex(5).upper()}"
    return {
        "id": view_id,
        "team_id": TEAM,
        "type": view["type"],
        "blocks": view.get("blocks", []),
        "private_metadata": view.get("private_metadata", ""),
        "callback_id": view.get("callback_id", ""),
        "external_id": view.get("external_id", ""),
        "state": {"values": {}},
        "hash": f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}",
        "title": view.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
        "clear_on_close": view.get("clear_on_close", False),
        "notify_on_close": view.get("notify_on_close", False),
        "close": view.get("close"),
        "submit": view.get("submit"),
        "previous_view_id": below["id"] if below else None,
        "root_view_id": below["root_view_id"] if below else view_id,
        "app_id": APP,
        "app_installed_team_id": TEAM,
        "bot_id": BOT,
    }
