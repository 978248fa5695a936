"""What does a thousand companions cost one core process, and how soon do they have their work?"""

from typing import Any

from tests.bench.children import Failed, Role, run
from tests.bench.idle import MISSING, PAUSE, WARM_UP
from tests.bench.places import Places
from tests.bench.sizes import Sizes
from tests.bench.tables import PERCENTILES, milliseconds, table
from tests.bench.throughput import PEERS

SECONDS_BESIDES = 90.0
SECONDS_A_SAMPLE = 0.5
KILOBYTE = 1024


def measure(places: Places, sizes: Sizes) -> str:
    """What each idle one costs, and how soon work reaches it; the floor in the same run."""
    core, companions = _held(places, sizes, "companions_core", "companions")
    server, clients = _held(places, sizes, "echo_server", "echo_clients")
    costs = table(
        ["server", "connections", "memory for each idle one", "processor time for each idle one"],
        [
            ["Dispatch core, companions in a long poll", *_cost(core, sizes)],
            [f"WebSocket echo, heartbeat {25} s", *_cost(server, sizes)],
        ],
    )
    times = table(
        ["from", *PERCENTILES],
        [
            ["queued to the device's start", *_waits(core["queued"], companions["started"])],
            ["queued to the device's look at it", *_waits(core["queued"], companions["asked"])],
            ["WebSocket: sent to received", *_waits(server["queued"], clients["started"])],
            ["WebSocket: sent to echoed back", *_waits(server["queued"], server["back"])],
        ],
    )
    return f"{costs}\n\n{times}"


def _held(places: Places, sizes: Sizes, server: str, clients: str) -> list[dict[str, Any]]:
    with places.new("sqlite") as place:
        facts = place.facts() | {
            "home": str(place.folder / "home"),
            "companions": sizes.companions,
            "samples": sizes.samples,
            "idle_seconds": sizes.companion_seconds,
            "settle_seconds": sizes.companion_seconds / 10,
            "pause": PAUSE,
        }
        roles = [
            Role(f"{PEERS}.{server}", facts),
            Role(f"{PEERS}.{clients}", facts, helper=True),
        ]
        most = SECONDS_BESIDES + sizes.companion_seconds + SECONDS_A_SAMPLE * sizes.samples
        return run(roles, most)


def _cost(result: dict[str, Any], sizes: Sizes) -> list[str]:
    count = sizes.companions
    memory = result["memory"] / count / KILOBYTE
    # Microseconds in each second are millionths of a core.
    return [f"{count:,}", f"{memory:.0f} KB", f"{result['cpu'] / count * 1e6:.0f} µs a second"]


def _waits(queued: dict[str, float], started: dict[str, float]) -> list[str]:
    """Percentiles without the first ones, which fill caches; raises Failed where some are lost."""
    keys = list(queued)[min(WARM_UP, len(queued) // 4) :]
    found = [started[key] - queued[key] for key in keys if key in started]
    if len(keys) - len(found) > MISSING * len(keys):
        raise Failed(f"{len(keys) - len(found)} of {len(keys)} did not start in time")
    return milliseconds(found)
