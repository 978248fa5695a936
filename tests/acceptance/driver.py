"""What a scenario may do to a Slack, whichever it is, and what it sees there."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

PATIENCE_SECONDS = 90.0
POLL_SECONDS = 0.05

Found = TypeVar("Found")


@dataclass(frozen=True)
class Message:
    """A message as Slack's JSON has it, read as a person would."""

    raw: dict[str, Any]

    @property
    def ts(self) -> str:
        return str(self.raw["ts"])

    @property
    def user(self) -> str:
        return str(self.raw.get("user", ""))

    @property
    def words(self) -> str:
        """All that a person reads in it: the words of its blocks, or its text where it has none."""
        blocks = self.raw.get("blocks") or []
        return " ".join(_words(blocks)) if blocks else str(self.raw.get("text", ""))

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """Its buttons, with the block_id of the block that each stands in."""
        return [
            {**part, "block_id": block.get("block_id", "")}
            for block in self.raw.get("blocks") or []
            for part in _parts(block)
            if part.get("type") == "button"
        ]

    def button(self, label: str) -> dict[str, Any]:
        """The one button that is labelled so."""
        return next(button for button in self.buttons if labelled(button) == label)

    @property
    def file_names(self) -> list[str]:
        return [str(file["name"]) for file in self.raw.get("files") or []]


def labelled(button: dict[str, Any]) -> str:
    """What stands on a button."""
    return str(button["text"]["text"])


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from _parts(inner)


def _words(value: Any) -> Iterator[str]:
    for part in _parts(value):
        yield from (part[key] for key in ("text", "alt_text") if isinstance(part.get(key), str))


class SlackDriver(Protocol):
    """A Slack that can be driven: the local workspace, or an emulator that others wrote."""

    team: str
    people: dict[str, str]
    """The user ids of `ada` (who asks) and `grace` (who is someone else)."""
    general: str
    """A channel with both of them and the bot."""
    mention: str
    """What to write to address the bot: `<@U…>`."""

    def environment(self) -> dict[str, str]:
        """What `dispatch serve` needs in order to connect to it."""

    async def dm(self, user: str) -> str:
        """The channel id of the user's direct messages with the bot."""

    async def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> str:
        """Post as the user; returns the message's ts."""

    async def messages(self, user: str, channel: str) -> list[Message]:
        """All that the user sees in the channel, replies and ephemeral ones too, oldest first."""

    async def click(self, user: str, channel: str, message: Message, label: str) -> None:
        """Press the button of that label."""

    async def command(self, user: str, channel: str, command: str, text: str) -> None:
        """Send a slash command."""

    async def download(self, file: dict[str, Any]) -> bytes:
        """The bytes of a file that stands in a message."""


async def thread(slack: SlackDriver, user: str, channel: str, ts: str) -> list[Message]:
    """The messages of a thread, its first one included."""
    seen = await slack.messages(user, channel)
    return [m for m in seen if ts in (m.ts, m.raw.get("thread_ts"))]


async def eventually(
    look: Callable[[], Awaitable[Found | None]],
    what: str,
    patience: float = PATIENCE_SECONDS,
    watched: Callable[[], str] = str,
) -> Found:
    """Look until there is something to see; fails with what was awaited after its patience.

    watched says why there is no use in waiting on, such as that a process has ended.
    """
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        found = await look()
        if found:
            return found
        assert not watched(), watched()
        await asyncio.sleep(POLL_SECONDS)
    raise AssertionError(f"waited {patience} s in vain for {what}")
