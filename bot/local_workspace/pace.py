"""Slack's times. A test passes shorter ones; nobody else should."""

import time
from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], float]


@dataclass(frozen=True)
class Pace:
    """Durations in seconds, from Slack's documentation unless said otherwise."""

    ack: float = 3.0
    redelivery: tuple[float, ...] = (0.0, 60.0, 300.0)
    trigger: float = 3.0
    response_url: float = 1800.0
    share: float = 0.05
    """How long after an upload is completed its message appears (Slack shares asynchronously)."""
    slow: float = 4.0
    """How late the `slow` fault answers: just longer than Slack's own deadline of 3 s."""
    monotonic: Clock = time.monotonic
    """Measures triggers, response URLs and rate limits."""
    now: Clock = time.time
    """Wall clock of message timestamps and signatures."""
    rate_limits: bool = True
