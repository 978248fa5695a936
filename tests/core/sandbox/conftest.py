"""Real cages around real programs; where there is no bubblewrap these tests fail and say so."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dispatch_core.sandbox.job import Job, Language, Outcome
from dispatch_core.sandbox.limits import Limits
from dispatch_core.sandbox.probe import probe
from dispatch_core.sandbox.run import Sandbox

Run = Callable[..., Awaitable[Outcome]]


async def ignore(_text: str) -> None:
    return None


@pytest.fixture(scope="session", autouse=True)
def _cage_is_there() -> None:
    if why := probe():
        pytest.fail(f"The sandbox can't be tested here: {why}.")


@pytest.fixture
def left(tmp_path: Path) -> Path:
    folder = tmp_path / "left"
    folder.mkdir()
    return folder


@pytest.fixture
def run(left: Path) -> Run:
    async def go(
        code: str, language: str = "python", attached: Mapping[str, Path] | None = None, **caps: Any
    ) -> Outcome:
        limits = replace(Limits(seconds=120), **caps)
        return await Sandbox(Job(Language(language), code, attached or {}), limits, left).run(
            ignore
        )

    return go
