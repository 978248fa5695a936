"""What do a thousand waiting approvals cost, beyond their rows?"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.bench.children import Role, run
from tests.bench.places import Places
from tests.bench.sizes import Sizes
from tests.bench.tables import table
from tests.bench.throughput import PEERS

STORES = ("sqlite", "postgresql")
MOST_SECONDS = 200.0


def measure(places: Places, sizes: Sizes) -> str:
    """A row for each database, with none and with all of them waiting; both sit idle at once."""
    places.postgres  # noqa: B018 (started here, since two threads would start two)
    with ThreadPoolExecutor(len(STORES)) as both:
        held = list(both.map(lambda store: _held(store, places, sizes), STORES))
    rows = [
        [store, waiting, *_cells(result[when])]
        for store, result in zip(STORES, held, strict=True)
        for when, waiting in (("before", "0"), ("after", f"{sizes.waiting:,}"))
    ]
    head = ["database", "approvals waiting", "threads", "open files", "database connections"]
    return table([*head, f"processor time of {sizes.idle_seconds:.0f} idle s"], rows)


def _held(store: str, places: Places, sizes: Sizes) -> dict[str, Any]:
    with places.new(store, schema=True) as place:
        facts = place.facts() | {
            "home": str(place.folder),
            "waiting": sizes.waiting,
            "idle_seconds": sizes.idle_seconds,
        }
        [result] = run([Role(f"{PEERS}.patience", facts)], MOST_SECONDS)
        return result


def _cells(held: dict[str, float]) -> list[str]:
    connections = held.get("connections")
    told = "in its files" if connections is None else f"{connections:.0f}"
    return [f"{held['threads']:.0f}", f"{held['open files']:.0f}", told, f"{held['cpu']:.2%}"]
