"""Rounds in random order: each contestant once a round, each time with an empty store."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.children import OWN_PYTHON, Failed, Role, run
from tests.bench.places import Place, Places
from tests.bench.progress import say

MOST_FAILURES = 2
MOST_SECONDS = 420.0
"""After this long no round is begun: the whole bench is to end in half an hour."""


@dataclass(frozen=True)
class Contestant:
    """Who takes part, with how many runs in a round, and in how many processes."""

    name: str
    module: str
    store: str
    runs: int
    keeps: str
    facts: dict[str, Any] = field(default_factory=dict)
    processes: int = 1
    python: Path = OWN_PYTHON

    @property
    def is_dispatch(self) -> bool:
        return self.python == OWN_PYTHON

    def rate(self, place: Place) -> float:
        """Runs per second, from the first one's submission to the last one's end."""
        share = self.runs // self.processes
        facts = place.facts() | self.facts | {"runs": share, "home": str(place.folder)}
        results = run([Role(self.module, facts, self.python)] * self.processes)
        begun = min(result["begun"] for result in results)
        return share * self.processes / (max(result["ended"] for result in results) - begun)


@dataclass
class Tally:
    """What came of the rounds: rates by contestant, and why one has none."""

    rates: dict[str, list[float]] = field(default_factory=dict)
    failures: dict[str, list[str]] = field(default_factory=dict)

    def is_out(self, name: str) -> bool:
        """Whether it failed too often to be tried again."""
        return len(self.failures.get(name, ())) >= MOST_FAILURES


def compete(contestants: Sequence[Contestant], rounds: int, places: Places) -> Tally:
    """Let each take part in each round; one that fails hurts nobody else.

    On a slow machine there are fewer rounds, which the table tells.
    """
    tally = Tally({one.name: [] for one in contestants})
    begun = time.monotonic()
    for number in range(rounds):
        if time.monotonic() - begun > MOST_SECONDS:
            break
        for one in random.sample(contestants, k=len(contestants)):
            if tally.is_out(one.name):
                continue
            try:
                with places.new(one.store, schema=one.is_dispatch) as place:
                    rate = one.rate(place)
            except Failed as error:
                tally.failures.setdefault(one.name, []).append(str(error))
                say(f"  round {number + 1} of {rounds}: {one.name} failed: {error}")
            else:
                tally.rates[one.name].append(rate)
                say(f"  round {number + 1} of {rounds}: {one.name}: {rate:.0f} runs/s")
    return tally
