"""What a Web API method is: who may call it, how often, and what it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.local_workspace.json_text import Json, decoded
from bot.local_workspace.rate_limits import Tier
from bot.local_workspace.refusal import Refusal, invalid_arguments

if TYPE_CHECKING:
    from bot.local_workspace.slack import Slack


class Token(StrEnum):
    """The kinds of token, by their prefix."""

    BOT = "xoxb"
    APP = "xapp"


@dataclass(frozen=True)
class Call:
    """One call: its arguments as they came (JSON, form fields or a query), and the workspace."""

    slack: Slack
    method: str
    params: Json

    def text(self, name: str) -> str:
        """A required argument."""
        value = self.optional(name)
        if not value:
            raise invalid_arguments(f"missing required field: {name}")
        return value

    def optional(self, name: str) -> str:
        """An argument as text, empty when it is missing."""
        value = self.params.get(name)
        if value is None:
            return ""
        if not isinstance(value, str | int | float):
            raise invalid_arguments(f"must be a string [json-pointer:/{name}]")
        return str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.params.get(name)
        return default if value is None else str(value).lower() in {"1", "true"}

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.optional(name) or default)
        except ValueError:
            raise invalid_arguments(f"must be an integer [json-pointer:/{name}]") from None

    def parsed(self, name: str) -> Any:
        """An argument that is JSON; None when it is missing or not JSON."""
        return decoded(self.params.get(name))

    def needs(self, *scopes: str) -> None:
        """Refuse unless the app holds one of these scopes."""
        granted = self.slack.manifest.scopes
        if granted.isdisjoint(scopes):
            raise missing_scope(scopes, granted)


def missing_scope(needed: tuple[str, ...], provided: frozenset[str]) -> Refusal:
    return Refusal("missing_scope", needed=",".join(needed), provided=",".join(sorted(provided)))


Handler = Callable[[Call], Awaitable[Json]]


@dataclass(frozen=True)
class Method:
    """`scopes`: one of them is enough; none means that any token will do."""

    handle: Handler
    tier: Tier
    scopes: tuple[str, ...] = ()
    token: Token = Token.BOT
