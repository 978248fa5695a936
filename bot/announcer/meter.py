"""What the announcer tells whoever measures it."""

from typing import Protocol

SLACK_ERRORS = (
    "rate_limited",
    "failing",
    "no_answer",
    "misconfigured",
    "gone",
    "unreachable",
    "refused",
)
"""The kinds of slack_error: few, so that each can be a label that is told from the start."""


class Meter(Protocol):
    """Counts; each verb returns at once and never raises."""

    def slack_error(self, kind: str) -> None:
        """A call did not do what it should; its kind is one of SLACK_ERRORS."""

    def announced(self) -> None:
        """A revision of an entry was shown and recorded."""

    def standing_by(self, standing_by: bool) -> None:
        """Whether another process announces, and this one waits to take over."""


class NoMeter:
    """Counts nothing."""

    def slack_error(self, kind: str) -> None:
        """Is not counted."""

    def announced(self) -> None:
        """Is not counted."""

    def standing_by(self, standing_by: bool) -> None:
        """Is not counted."""
