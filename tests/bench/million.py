"""With a million finished runs in the tables: is anything slower than with none?"""

import os
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from typing import Any

from tests.bench import past
from tests.bench.children import Failed, Role, run
from tests.bench.contest import Contestant
from tests.bench.contestants.rows import Rows
from tests.bench.idle import SYSTEMS, sample_at
from tests.bench.places import Place, Places, conninfo_of
from tests.bench.plans import SHOWN
from tests.bench.progress import say
from tests.bench.sizes import Sizes
from tests.bench.tables import table
from tests.bench.throughput import PEERS, contestants

STORES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
CALLS_AT_ONCE = 50
MOST = 1.2
MOST_SECONDS = 300.0
"""After this long, the filling included, no second or third round is begun."""
# What a plan says beyond which tables and indexes it goes through, and how.
UNTOLD = ("Filter", "Join Filter", "Recheck", "Sort Key", "Hash Cond", "Merge Cond", "One-Time")
Times = dict[tuple[str, str, bool], list[float]]


def measure(places: Places, sizes: Sizes) -> str:
    """A table of ratios, the plans folded, and what is read whole."""
    times: Times = defaultdict(list)
    plans: dict[str, list[dict[str, Any]]] = {}
    begun = time.monotonic()
    with _full_places(places, sizes.finished) as full:
        for number in range(sizes.rounds_full):
            if number and time.monotonic() - begun > MOST_SECONDS:
                break
            say(f"  round {number + 1} of {sizes.rounds_full}")
            turns = [(store, filled) for store in STORES for filled in (True, False)]
            for store, filled in random.sample(turns, k=len(turns)):
                with _place(places, store, full if filled else {}) as place:
                    _measure_at(place, store, filled, sizes, times)
        for store, place in full.items():
            try:
                plans[store] = _verbs(place, 2, explain=True)["plans"]
            except Failed as error:
                say(f"  {store}, plans: {error}")
    untold = [f"The plans of {STORES[one]} could not be had." for one in STORES if one not in plans]
    told = [_ratios(times), _scans(plans), *untold, *map(_folded, plans.items())]
    return "\n\n".join(told)


@contextmanager
def _full_places(places: Places, count: int) -> Iterator[dict[str, Place]]:
    """Both databases, filled at the same time: one waits for Python, the other for its server."""
    with ExitStack() as stack:
        full = {store: stack.enter_context(places.new(store, schema=True)) for store in STORES}
        with ThreadPoolExecutor(len(full)) as both:
            list(both.map(lambda place: past.fill(place, count), full.values()))
        # Else gigabytes would be written back while the first commits are timed.
        os.sync()
        yield full


@contextmanager
def _place(places: Places, store: str, full: dict[str, Place]) -> Iterator[Place]:
    if store in full:
        yield full[store]
        return
    with places.new(store, schema=True) as place:
        yield place


def _measure_at(place: Place, store: str, filled: bool, sizes: Sizes, times: Times) -> None:
    for what, seconds in (
        ("throughput: time for each run", lambda: [1 / _throughput(place, store, sizes)]),
        ("submit to start, idle", lambda: _starts(place, store, sizes)),
    ):
        try:
            times[store, what, filled] += seconds()
        except Failed as error:
            say(f"  {store}, {what}: {error}")
    _note_all_as_shown(place)
    try:
        for _ in range(-(-sizes.verb_calls // CALLS_AT_ONCE // sizes.rounds_full)):
            measured = _verbs(place, min(CALLS_AT_ONCE, sizes.verb_calls))["seconds"]
            for verb, each in measured.items():
                times[store, verb, filled] += each
    except Failed as error:
        say(f"  {store}, verbs: {error}")


def _note_all_as_shown(place: Place) -> None:
    """Else more would wait for the announcer in the full place, which has several rounds."""
    with closing(Rows(place.folder, conninfo_of(place.url) if place.url else "")) as rows:
        rows.do("UPDATE entry SET announced = revision WHERE announced < revision")


def _throughput(place: Place, store: str, sizes: Sizes) -> float:
    [one] = [
        one
        for one in contestants(sizes.share)
        if one.name == f"Dispatch: engine, trivial step ({store})"
    ]
    contestant: Contestant = replace(one, facts=one.facts | {"full": True})
    return contestant.rate(place)


def _starts(place: Place, store: str, sizes: Sizes) -> list[float]:
    alone = next(one for one in SYSTEMS if one.is_dispatch and one.store == store)
    return sample_at(place, alone, max(1, sizes.samples // 5))


def _verbs(place: Place, calls: int, *, explain: bool = False) -> dict[str, Any]:
    facts = place.facts() | {"home": str(place.folder), "calls": calls, "explain": explain}
    [result] = run([Role(f"{PEERS}.verbs", facts)])
    return result


def _ratios(times: Times) -> str:
    rows = []
    for store, named in STORES.items():
        for what in dict.fromkeys(what for where, what, _ in times if where == store):
            empty, full = times[store, what, False], times[store, what, True]
            if not (empty and full):
                rows.append([named, what, "-", "-", "not measured"])
                continue
            medians = [statistics.median(each) for each in (empty, full)]
            ratio = medians[1] / medians[0]
            told = f"{ratio:.2f}" if ratio <= MOST else f"**{ratio:.2f}**"
            rows.append([named, what, *(f"{each * 1e3:.2f}" for each in medians), told])
    head = ["database", "what", "empty, median ms", "a million, median ms"]
    return table([*head, f"ratio (wanted: at most {MOST})"], rows)


def _scans(plans: dict[str, list[dict[str, Any]]]) -> str:
    found = [
        f"- {STORES[store]}, {one['verb']}: {', '.join(one['scans'])} (`{one['statement']}`)"
        for store, each in plans.items()
        for one in each
        if one["scans"]
    ]
    if not found:
        return "No statement reads a large table whole."
    return "\n".join(["These statements read a large table whole:", "", *found])


def _folded(item: tuple[str, list[dict[str, Any]]]) -> str:
    store, plans = item
    lines = []
    for one in plans:
        lines.append(f"{one['verb']}: {one['statement']}")
        lines += [f"    {line[:SHOWN]}" for line in one["plan"] if not line.startswith(UNTOLD)]
    body = "\n".join(lines)
    head = f"<details><summary>Query plans, {STORES[store]}</summary>"
    return f"{head}\n\n```\n{body}\n```\n\n</details>"
