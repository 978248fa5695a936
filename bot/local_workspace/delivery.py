"""What goes out to the app, and what its answer may be."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.local_workspace.json_text import Json


class Kind(StrEnum):
    """The three kinds of envelope."""

    EVENT = "events_api"
    INTERACTIVE = "interactive"
    COMMAND = "slash_commands"


@dataclass(frozen=True)
class Parcel:
    """One attempt to deliver a payload. A retry says which one it is, and why."""

    kind: Kind
    payload: Json
    retry: int = 0
    reason: str = ""


class NotAcknowledged(Exception):
    """The app did not acknowledge in time; `reason` is Slack's word for how."""

    def __init__(self, reason: str, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


class Carrier(Protocol):
    """A way to the app: Socket Mode, or signed HTTP."""

    @property
    def connected(self) -> bool:
        """Whether something is there to deliver to."""

    async def ready(self) -> None:
        """Return as soon as there is something to deliver to."""

    async def send(self, parcel: Parcel) -> Json:
        """Deliver once and return what came with the acknowledgement; or NotAcknowledged."""
