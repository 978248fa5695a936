"""Is memory flat over 100,000 runs?"""

from tests.bench.children import Role, run
from tests.bench.places import Places
from tests.bench.sizes import Sizes
from tests.bench.tables import table
from tests.bench.throughput import IN_FLIGHT, PEERS

MOST_SECONDS = 400.0


def measure(places: Places, sizes: Sizes) -> str:
    """A table of one row."""
    with places.new("sqlite") as place:
        facts = {"home": str(place.folder), "workers": IN_FLIGHT, "marks": sizes.memory_runs}
        [grown] = run([Role(f"{PEERS}.growth", facts)], MOST_SECONDS)
    memory: dict[str, float] = grown["memory"]
    head = [f"after {int(mark):,} runs" for mark in memory]
    row = [f"{megabytes:.0f} MB" for megabytes in memory.values()]
    return table([*head, "runs/s meanwhile"], [[*row, f"{grown['rate']:.0f}"]])
