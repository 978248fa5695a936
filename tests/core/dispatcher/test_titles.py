"""The line by which people know a run."""

from dispatch_core.dispatcher.requests import title_of


def test_the_title_is_what_stands_beside_the_code() -> None:
    assert title_of("draw it ```python\nimport math\n```") == "draw it"
    assert title_of("```python\nimport math\n```") == "import math"
    assert title_of("```print(1)```") == "```print(1)```"
