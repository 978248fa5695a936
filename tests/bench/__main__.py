"""`make bench`: measures, and writes docs/benchmarks.md; ARGS names the measurements wanted."""

import importlib
import os
import platform
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime

from tests.bench import page
from tests.bench.places import Places, places
from tests.bench.progress import say
from tests.bench.sizes import TINY, WHOLE, Sizes

# In this order, with about how many minutes each takes on a quiet machine.
MEASUREMENTS = {
    "limits": 0.3,
    "throughput": 7.5,
    "idle": 1.5,
    "clicks": 1.5,
    "acknowledgement": 2.0,
    "events": 1.5,
    "memory": 1.5,
    "waiting": 1.5,
    "companions": 4.0,
    "verdicts": 0.5,
    "million": 5.0,
}
TINY_FLAG = "--tiny"


def main() -> int:
    """Measure what is asked for; a measurement that fails is told of and hurts no other."""
    asked = [word for word in sys.argv[1:] if word != TINY_FLAG] or list(MEASUREMENTS)
    unknown = [word for word in asked if word not in MEASUREMENTS]
    if unknown:
        say(f"There is no {unknown[0]} to measure; there are: {', '.join(MEASUREMENTS)}.")
        return 2
    tiny = TINY_FLAG in sys.argv
    minutes = sum(MEASUREMENTS[name] for name in asked)
    say("A look at whether it runs." if tiny else f"This takes about {minutes:.0f} minutes.")
    with places() as where:
        failed = [name for name in asked if not _measured(name, where, TINY if tiny else WHOLE)]
    say("Not written: sizes are tiny." if tiny else f"Written to {page.PAGE}.")
    return 1 if failed else 0


def _measured(name: str, where: Places, sizes: Sizes) -> bool:
    say(f"{name} …")
    measure: Callable[[Places, Sizes], str]
    measure = importlib.import_module(f"tests.bench.{name}").measure
    begun = time.monotonic()
    try:
        text = measure(where, sizes)
    except Exception as error:  # noqa: BLE001 (the other measurements are still worth having)
        traceback.print_exc()
        text = f"It could not be measured on {_today()}: {type(error).__name__}."
        _write(name, text, sizes)
        return False
    say(f"{name}: {time.monotonic() - begun:.0f} s\n\n{text}\n")
    _write(name, f"{text}\n\n{_machine()}", sizes)
    return True


def _write(name: str, text: str, sizes: Sizes) -> None:
    if sizes is WHOLE:
        page.replace(name, text)


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _machine() -> str:
    kernel = f"{platform.system()} {platform.release().partition('-')[0]}"
    load = os.getloadavg()[1]
    cores = f"{os.cpu_count()} cores, load {load:.1f} over the last five minutes"
    return f"<sub>{_today()}: {cores}, {kernel}, Python {platform.python_version()}.</sub>"


if __name__ == "__main__":
    sys.exit(main())
