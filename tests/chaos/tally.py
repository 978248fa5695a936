"""What a run came to: counted, and told in lines."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Times are seconds; each Counter is told as a group of its own."""

    seed: int
    broken: str = ""
    took: float = 0.0
    recovered: float = 0.0
    oldest_queued: float = 0.0
    groups: dict[str, Counter[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def count(self, group: str, what: str, times: int = 1) -> None:
        """So many more of something."""
        if times:
            self.groups.setdefault(group, Counter())[what] += times

    def lines(self) -> Iterator[str]:
        """The tally as it is printed; the violations come last."""
        broken = f", broken on purpose: {self.broken}" if self.broken else ""
        yield f"seed {self.seed}{broken}: {self.took:.0f} s"
        for group, counted in self.groups.items():
            yield f"{group}:"
            yield from (f"  {count:6}  {what}" for what, count in sorted(counted.items()))
        yield f"time to recover: {self.recovered:.1f} s"
        yield f"longest age of a queued run: {self.oldest_queued:.1f} s"
        yield from (f"note: {note}" for note in self.notes)
        yield f"{len(self.violations)} violations"
        yield from (f"VIOLATION {violation}" for violation in self.violations)
