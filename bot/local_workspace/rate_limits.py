"""Slack's rate limits: tiers for each method, and the special one of chat.postMessage."""

import math
from dataclasses import dataclass
from enum import IntEnum

from bot.local_workspace.pace import Pace
from bot.local_workspace.refusal import Refusal


class Tier(IntEnum):
    """Calls a minute, for each method. A minute's worth may come at once."""

    ONE = 1
    TWO = 20
    THREE = 50
    FOUR = 100
    SPECIAL = 300
    """chat.postMessage: "several hundred messages per minute" for a workspace."""


CHANNEL_BURST = 4
"""chat.postMessage allows one message a second in a channel, and "short bursts" above that."""


class RateLimited(Refusal):
    """Too many calls; `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited", status=429)
        self.retry_after = retry_after


@dataclass
class _Bucket:
    capacity: float
    per_second: float
    tokens: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until a call is allowed again; 0 takes it now."""
        self.tokens = min(self.capacity, self.tokens + (now - self.at) * self.per_second)
        self.at = now
        if self.tokens >= 1:
            self.tokens -= 1
            return 0.0
        return (1 - self.tokens) / self.per_second


class RateLimits:
    """Counts calls; a call too many is a RateLimited."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._buckets: dict[str, _Bucket] = {}

    def count(self, method: str, tier: Tier) -> None:
        """A call of a method, by its tier."""
        self._take(method, float(tier), tier / 60)

    def count_post(self, channel: str) -> None:
        """A message that is posted into a channel."""
        self._take(f"post/{channel}", CHANNEL_BURST, 1.0)

    def _take(self, key: str, capacity: float, per_second: float) -> None:
        if not self._pace.rate_limits:
            return
        now = self._pace.monotonic()
        bucket = self._buckets.setdefault(key, _Bucket(capacity, per_second, capacity, now))
        wait = bucket.wait(now)
        if wait:
            raise RateLimited(max(1, math.ceil(wait)))
