"""Tables in Markdown, and the few figures that all measurements tell."""

import statistics
from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; the cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share (0 to 1) of all values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def milliseconds(seconds: Sequence[float]) -> list[str]:
    """Median, 95th and 99th percentile, and how many, for a row."""
    median = statistics.median(seconds)
    late = [percentile(seconds, share) for share in (0.95, 0.99)]
    return [*(f"{value * 1e3:.1f}" for value in (median, *late)), str(len(seconds))]


PERCENTILES = ["median ms", "95th percentile ms", "99th percentile ms", "samples"]
