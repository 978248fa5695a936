"""One cue: words, the route that they point to, how much, and why.

A weight is roughly in log-odds: 1 is a hint, 2 is likely, 3 and more is all but said; below 0
speaks against a route. Cues were written from what the routes mean; their weights were set by hand
on labelled messages of many sources, so that no source alone carries a cue.
"""

import re
from typing import NamedTuple

from dispatch_core.lifecycle import Route


class Cue(NamedTuple):
    """A pattern over the case-folded text; over its start, courtesies taken off, if lead."""

    route: Route
    weight: float
    says: str
    pattern: re.Pattern[str]
    lead: bool


def make(route: Route, says: str, weight: float, *, words: str, lead: bool = False) -> Cue:
    """A cue for whole words: words is a regular expression of alternatives."""
    pattern = rf"(?:{words})(?!\w)" if lead else rf"(?<!\w)(?:{words})(?!\w)"
    return Cue(route, weight, says, re.compile(pattern), lead)
