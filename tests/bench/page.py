"""docs/benchmarks.md: what stands between the marks of a measurement is replaced by it."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/benchmarks.md"


def replace(name: str, text: str, page: Path = PAGE) -> None:
    """Put a text between the marks named so, at once, so that a later fault loses nothing."""
    marked = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    written = page.read_text()
    assert marked.search(written), f"{page} has no marks for {name}"
    page.write_text(marked.sub(lambda found: f"{found[1]}{text}\n{found[2]}", written))
