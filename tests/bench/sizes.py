"""How much is measured: for the page, or just enough to see that the code runs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Numbers of rounds, runs, rows, and seconds."""

    share: float
    """Of the runs in a round of the throughput."""
    rounds: int
    samples: int
    """Of submit to start, for each system."""
    acknowledgements: int
    clicks: int
    finished: int
    """Runs that are in the tables already."""
    verb_calls: int
    rounds_full: int
    event_seconds: float
    events_a_second: int
    memory_runs: tuple[int, int, int]
    waiting: int
    idle_seconds: float
    limit_seconds: float
    companions: int
    companion_seconds: float
    """Long enough for two long polls of each."""


WHOLE = Sizes(
    share=1.0,
    rounds=5,
    samples=300,
    acknowledgements=150,
    clicks=120,
    finished=1_000_000,
    verb_calls=150,
    rounds_full=3,
    event_seconds=60.0,
    events_a_second=200,
    memory_runs=(10_000, 50_000, 100_000),
    waiting=1_000,
    idle_seconds=30.0,
    limit_seconds=2.0,
    companions=1_000,
    companion_seconds=50.0,
)
TINY = Sizes(
    share=0.02,
    rounds=1,
    samples=5,
    acknowledgements=3,
    clicks=2,
    finished=2_000,
    verb_calls=5,
    rounds_full=1,
    event_seconds=1.0,
    events_a_second=20,
    memory_runs=(20, 40, 60),
    waiting=5,
    idle_seconds=1.0,
    limit_seconds=0.1,
    companions=5,
    companion_seconds=1.0,
)
