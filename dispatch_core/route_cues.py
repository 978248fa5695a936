"""The words that point to a route, each with a weight and a reason that people can read.

A cue's weight is in log-odds, roughly: 1 is a hint, 2 is likely, 3 and more is all but said.
"""

import re
from typing import NamedTuple

from dispatch_core.lifecycle import Route


class Cue(NamedTuple):
    """A pattern over the case-folded text (over the text as written, if exact), and its weight."""

    route: Route
    weight: float
    says: str
    pattern: re.Pattern[str]
    exact: bool = False


CUES: tuple[Cue, ...] = (
    Cue(
        Route.CLOUD_KNOWLEDGE,
        2.0,
        "it asks a question",
        re.compile(r"^(?:who|what|when|where|why|how)\b"),
    ),
)
