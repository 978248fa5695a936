"""How long to wait before the next try, so that many devices don't come back all at once."""

import random
from dataclasses import dataclass, field


@dataclass
class Backoff:
    """Doubles from first to longest (seconds), each time with up to half of it taken off."""

    first: float = 0.5
    longest: float = 10.0
    _next: float = field(default=0.0, init=False)

    def reset(self) -> None:
        """Begin anew after a success."""
        self._next = 0.0

    def seconds(self) -> float:
        """The next wait."""
        self._next = min(self.longest, self._next * 2 or self.first)
        return self._next * random.uniform(0.5, 1.0)  # noqa: S311 (spreads load, keeps no secret)
