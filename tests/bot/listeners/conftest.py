"""A desk for each test: a local Slack, a core and the bot between them, all real."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.commands.serving import serving
from bot.local_workspace.workspace import LocalWorkspace
from tests.bot.listeners.desk import MANIFEST, QUICK, Desk, core_settings, slack_settings

OpenDesk = Callable[..., AbstractAsyncContextManager[Desk]]


@pytest.fixture
def open_desk(home: Path) -> OpenDesk:
    @asynccontextmanager
    async def opened(**facts: Any) -> AsyncIterator[Desk]:
        workspace = LocalWorkspace(MANIFEST, pace=QUICK)
        await workspace.start(port=0)
        try:
            slack = slack_settings(workspace, **facts)
            async with serving(core_settings(home), slack) as (service, front):
                yield Desk(workspace, service, front)
        finally:
            await workspace.stop()

    return opened


@pytest.fixture
async def desk(open_desk: OpenDesk) -> AsyncIterator[Desk]:
    async with open_desk() as desk:
        yield desk
