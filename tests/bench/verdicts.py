"""What a verdict on a shell command costs, beside what only splits or only parses it."""

import shlex
import statistics
import time
from collections.abc import Callable

import tree_sitter_bash
from tree_sitter import Language, Parser

from dispatch_core.policy.commands.analysis import analyse
from tests.bench.places import Places
from tests.bench.sizes import Sizes
from tests.bench.tables import percentile, table
from tests.device_agent.policy.world import World, make_world

COMMANDS = {
    "plain": "git log --oneline -n 20 src/main.py",
    "piped": "cat notes.txt | grep -n TODO | sort -u | head -20",
    "hostile": "sudo env A=$(id) bash -c 'find / -exec rm -rf {} +' > x & f(){ :; }; \"$(cat x)\"",
}
BASH = Language(tree_sitter_bash.language())
WARM_UP = 20
# As many as say something about one in a hundred, within the time that is given.
MOST_SAMPLES = 20_000


def measure(places: Places, sizes: Sizes) -> str:
    """A table of microseconds for each reader and command, one after the other in one process."""
    with places.new("sqlite") as place:
        home = place.folder / "ada"
        home.mkdir()
        readers = _readers(make_world(home.resolve()))
        rows = [
            [name, kind, *_told(read, command, sizes.limit_seconds / 2)]
            for kind, command in COMMANDS.items()
            for name, read in readers.items()
        ]
    head = ["what", "command", "median µs", "of the processor: median µs", "99th percentile µs"]
    return table([*head, "samples"], rows)


def _readers(world: World) -> dict[str, Callable[[str], object]]:
    parser = Parser(BASH)
    return {
        "`shlex.split`": shlex.split,
        "tree-sitter, parse only": lambda command: parser.parse(command.encode()),
        "the core's verdict": analyse,
        "the device's verdict": world.judge,
    }


def _told(read: Callable[[str], object], command: str, seconds: float) -> list[str]:
    for _ in range(WARM_UP):
        read(command)
    clock: list[float] = []
    processor: list[float] = []
    ends = time.perf_counter() + seconds
    while len(clock) < MOST_SAMPLES and (begun := time.perf_counter()) < ends:
        worked = time.thread_time()
        read(command)
        processor.append((time.thread_time() - worked) * 1e6)
        clock.append((time.perf_counter() - begun) * 1e6)
    late = percentile(processor, 0.99)
    medians = [statistics.median(each) for each in (clock, processor)]
    return [*(f"{value:,.0f}" for value in (*medians, late)), f"{len(clock):,}"]
