"""From submit to the start of the work, on a system that has nothing else to do."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.bench.children import PEERS_PYTHON, Failed, Role, run
from tests.bench.places import Place, Places
from tests.bench.progress import say
from tests.bench.sizes import Sizes
from tests.bench.tables import PERCENTILES, milliseconds, table
from tests.bench.throughput import IN_FLIGHT, OWN, PEERS

# Seconds between one submission and the next: no other is under way, and no beat is kept.
PAUSE = (0.03, 0.06)
BLOCKS = 3
MISSING = 0.02
WARM_UP = 5
SECONDS_A_SAMPLE = 1.0


@dataclass(frozen=True)
class System:
    """Who is measured, and in which processes."""

    name: str
    store: str
    roles: Callable[[Place, dict[str, Any]], list[Role]]
    is_dispatch: bool = True


def _alone(place: Place, facts: dict[str, Any]) -> list[Role]:
    return [Role(OWN, facts | {"home": str(place.folder), "engine_alone": True})]


def _apart(place: Place, facts: dict[str, Any]) -> list[Role]:
    """One process takes, another one works: the second hears of it by NOTIFY."""
    homes = {}
    for role in ("asker", "worker"):
        (place.folder / role).mkdir()
        homes[role] = facts | {
            "home": str(place.folder / role),
            "role": role,
            "engine_alone": True,
        }
    return [Role(OWN, homes["asker"]), Role(OWN, homes["worker"], helper=True)]


def _peer(module: str) -> Callable[[Place, dict[str, Any]], list[Role]]:
    return lambda _place, facts: [Role(f"{PEERS}.{module}", facts, PEERS_PYTHON)]


SYSTEMS = (
    System("Dispatch, SQLite", "sqlite", _alone),
    System("Dispatch, PostgreSQL, same process", "postgresql", _alone),
    System("Dispatch, PostgreSQL, another process (NOTIFY)", "postgresql", _apart),
    System("procrastinate", "postgresql", _peer("procrastinate_queue"), is_dispatch=False),
    System("pgqueuer", "postgresql", _peer("pgqueuer_queue"), is_dispatch=False),
)


def measure(places: Places, sizes: Sizes) -> str:
    """A table of percentiles."""
    waits: dict[str, list[float]] = {one.name: [] for one in SYSTEMS}
    failures: dict[str, str] = {}
    for block in range(BLOCKS):
        for one in random.sample(SYSTEMS, k=len(SYSTEMS)):
            try:
                waits[one.name] += sample(one, places, max(1, sizes.samples // BLOCKS))
            except Failed as error:
                failures[one.name] = str(error)
                say(f"  block {block + 1} of {BLOCKS}: {one.name} failed: {error}")
            else:
                say(f"  block {block + 1} of {BLOCKS}: {one.name}")
    return table(["system", *PERCENTILES], [_row(name, waits, failures) for name in waits])


def _row(name: str, waits: dict[str, list[float]], failures: dict[str, str]) -> list[str]:
    if waits[name]:
        return [name, *milliseconds(waits[name])]
    return [name, f"not measured: {failures.get(name, '')}", "-", "-", "0"]


def sample(one: System, places: Places, samples: int) -> list[float]:
    """Seconds from each submission to its start, in a new place."""
    with places.new(one.store, schema=one.is_dispatch) as place:
        return sample_at(place, one, samples)


def sample_at(place: Place, one: System, samples: int) -> list[float]:
    """The same in a place that is there."""
    facts = place.facts() | {"samples": samples, "pause": PAUSE, "workers": IN_FLIGHT}
    return waits_of(run(one.roles(place, facts), 30 + samples * SECONDS_A_SAMPLE))


def waits_of(results: list[dict[str, Any]]) -> list[float]:
    """Seconds from asked to started; the clock is the machine's, so it is the same for all."""
    asked: dict[str, float] = {}
    started: dict[str, float] = {}
    for result in results:
        asked |= result.get("asked", {})
        started |= result.get("started", {})
    # The first ones open connections and fill caches.
    for key in list(asked)[: min(WARM_UP, len(asked) // 4)]:
        del asked[key]
    lost = set(asked) - set(started)
    if len(lost) > MISSING * len(asked):
        raise Failed(f"{len(lost)} of {len(asked)} did not start in time")
    return [started[key] - asked[key] for key in asked if key in started]
