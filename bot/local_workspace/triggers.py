"""What an interaction gives to the app for a while: a trigger_id, and a response_url."""

import secrets
from dataclasses import dataclass

from bot.local_workspace.pace import Pace
from bot.local_workspace.refusal import Refusal

RESPONSE_URL_USES = 5


class Triggers:
    """A trigger_id opens one view for one person, within three seconds."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._until: dict[str, tuple[str, float]] = {}
        self._used: set[str] = set()

    def new(self, user: str) -> str:
        trigger_id = (
            f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        )
        self._until[trigger_id] = (user, self._pace.monotonic() + self._pace.trigger)
        return trigger_id

    def exchange(self, trigger_id: str) -> str:
        """Use a trigger_id up; returns whose it was."""
        if trigger_id in self._used:
            raise Refusal("exchanged_trigger_id")
        if trigger_id not in self._until:
            raise Refusal("invalid_trigger_id")
        user, until = self._until[trigger_id]
        if self._pace.monotonic() > until:
            raise Refusal("expired_trigger_id")
        self._used.add(trigger_id)
        return user


@dataclass
class ResponseUrl:
    """Where an answer to an interaction may be posted: `ts` is the message it came from."""

    channel: str
    user: str
    ts: str | None
    thread_ts: str | None
    ephemeral: bool
    until: float
    left: int = RESPONSE_URL_USES


class ResponseUrls:
    """A response_url takes five posts within thirty minutes."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._urls: dict[str, ResponseUrl] = {}

    def new(
        self,
        channel: str,
        user: str,
        ts: str | None = None,
        thread_ts: str | None = None,
        ephemeral: bool = False,
    ) -> str:
        """The secret last part of a new response_url."""
        key = secrets.token_urlsafe(18)
        until = self._pace.monotonic() + self._pace.response_url
        self._urls[key] = ResponseUrl(channel, user, ts, thread_ts, ephemeral, until)
        return key

    def peek(self, key: str) -> ResponseUrl:
        """Where a response_url leads, without using it."""
        return self._urls[key]

    def use(self, key: str) -> ResponseUrl:
        """Take one use."""
        url = self._urls.get(key)
        if url is None or self._pace.monotonic() > url.until:
            raise Refusal("expired_url", status=404)
        if url.left == 0:
            raise Refusal("used_url", status=404)
        url.left -= 1
        return url
