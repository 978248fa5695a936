"""A question to the cloud-knowledge route, whose library knows of returns and cars."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from dispatch_core.knowledge.library import Library
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import StepResult
from dispatch_core.routes.cloud_knowledge import offer
from dispatch_core.routes.tool import StepContext
from tests.core.knowledge.thread import Thread


@pytest.fixture
def ask(tmp_path: Path) -> Callable[..., Any]:
    (tmp_path / "returns.md").write_text(
        "# Returns\n\nRefunds of the company are paid within 30 days.\n\n# Cars\n\nCars are red.\n"
    )
    tool = offer(Library([tmp_path]))

    async def asked(query: str, thread: Thread) -> str:
        result: StepResult = await tool.run(cast("StepContext", thread), {"query": query})
        assert result.status is StepStatus.DONE
        return result.text

    return asked
