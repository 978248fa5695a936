"""`make bench`: measures both things and writes them into docs/benchmarks.md."""

import asyncio
import os
import platform
import re
import statistics
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import acknowledgement, throughput

PAGE = Path(__file__).parents[2] / "docs/benchmarks.md"


def main() -> None:
    """Measure, then replace what stands between the page's marks."""
    acks = asyncio.run(acknowledgement.measure())
    rates = throughput.measure()
    page = PAGE.read_text()
    for name, text in (
        ("machine", _machine()),
        ("acknowledgement", _acknowledgement(acks)),
        ("throughput", _throughput(rates)),
    ):
        page = _between(page, name, text)
    PAGE.write_text(page)
    print(f"{_acknowledgement(acks)}\n\n{_throughput(rates)}\n\nWritten to {PAGE}.")  # noqa: T201


def _between(page: str, name: str, text: str) -> str:
    marked = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    assert marked.search(page), f"{PAGE} has no marks for {name}"
    return marked.sub(lambda found: f"{found[1]}{text}\n{found[2]}", page)


def _machine() -> str:
    today = datetime.now(UTC).date().isoformat()
    kernel = f"{platform.system()} {platform.release().partition('-')[0]}"
    python = f"Python {platform.python_version()}"
    return f"Measured on {today}: {os.cpu_count()} cores, {kernel}, {python}."


def _acknowledgement(acks: dict[str, list[float]]) -> str:
    least = statistics.median(acks["bare Bolt app"])
    rows = [
        "| app | median ms | 95th percentile ms | ratio of medians |",
        "| --- | --- | --- | --- |",
    ]
    for name, seconds in acks.items():
        median, late = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
        rows.append(f"| {name} | {median * 1e3:.1f} | {late * 1e3:.1f} | {median / least:.2f} |")
    return "\n".join(rows)


def _throughput(rates: dict[str, list[float]]) -> str:
    base = statistics.median(rates["Huey"])
    rows = [
        "| system | runs/s, median | slowest to fastest round | ratio of medians |",
        "| --- | --- | --- | --- |",
    ]
    for name, each in rates.items():
        median = statistics.median(each)
        spread = f"{min(each):.0f} to {max(each):.0f}"
        rows.append(f"| {name} | {median:.0f} | {spread} | {median / base:.2f} |")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
