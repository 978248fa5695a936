"""What a chaos run is made of: how much, how long, by which seed, and what is broken on purpose."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """Times are seconds; broken names a breakage of broken.py, or is empty."""

    seed: int
    tasks: int = 2_050
    rate: float = 5.0
    serves: int = 3
    workers: int = 2
    companions: int = 20
    real_companions: int = 4
    hosts: int = 4
    lease: float = 3.0
    approval_ttl: float = 120.0
    fault_gap: float = 2.5
    shortest_storm: float = 45.0
    patience: float = 360.0
    broken: str = ""
    only: tuple[str, ...] = ()
    keep: bool = False

    @property
    def storm(self) -> float:
        """How long messages and faults come."""
        return max(self.tasks / self.rate, self.shortest_storm)

    def dice(self, what: str) -> random.Random:
        """Dice of their own for each use, so that one does not shift another's."""
        return random.Random(f"{self.seed}/{what}")  # noqa: S311 (a schedule, no secret)
