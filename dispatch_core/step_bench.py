"""What a tool works on: its run, live output that is coalesced, and files in and out."""

import asyncio
import logging
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from dispatch_core.errors import LostClaim, StoreUnavailable
from dispatch_core.views import ArtifactView, HomeView
from dispatch_core.work import Claim, RunWork, StepView

log = logging.getLogger(__name__)

# Live output is written this often at most, in seconds: a card is edited once a second anyway.
SHOW_EVERY = 0.5
# What is kept here of live output; the tool's result brings the whole.
MOST_CHARS = 16_000


class Output(Protocol):
    """Where live output goes, and who tells of the asker."""

    async def show_output(self, claim: Claim, output: str) -> None: ...
    async def asker_home(self, person: str) -> HomeView: ...


class Files(Protocol):
    """Where files go and come from; dispatcher/core_files.py says more."""

    async def save_artifact(
        self, claim: Claim, step_id: str, name: str, source: Path
    ) -> ArtifactView: ...
    async def files_into(
        self, work: RunWork, folder: Path, only: Collection[str] | None
    ) -> Sequence[str]: ...
    async def asked_with(self, work: RunWork) -> frozenset[str]: ...


class Bench:
    """A StepContext for one step; see routes/tool.py."""

    def __init__(self, work: RunWork, step: StepView, output: Output, files: Files) -> None:
        self._work = work
        self._step = step
        self._output = output
        self._files = files
        self._text = ""
        self._showing: asyncio.Task[None] | None = None

    @property
    def work(self) -> RunWork:
        """The run whose step this is."""
        return self._work

    @property
    def timeout_seconds(self) -> float:
        """How long the step may take."""
        return self._work.timeout_seconds

    async def emit(self, text: str) -> None:
        """Show live output, soon."""
        self._text = (self._text + text)[-MOST_CHARS:]
        if self._showing is None or self._showing.done():
            self._showing = asyncio.create_task(self._show_soon())

    async def save_artifact(self, name: str, source: Path) -> ArtifactView:
        """Keep a file that the step made."""
        return await self._files.save_artifact(self._work.claim, self._step.id, name, source)

    async def files_into(self, folder: Path, only: Collection[str] | None = None) -> Sequence[str]:
        """Put the thread's attached files, or only those with these sources, into a folder."""
        return await self._files.files_into(self._work, folder, only)

    async def asked_with(self) -> frozenset[str]:
        """The sources of the files that came in the message that asks."""
        return await self._files.asked_with(self._work)

    async def asker_home(self) -> HomeView:
        """The runs, approvals and devices of the person who asked."""
        return await self._output.asker_home(self._work.requester)

    async def clear(self) -> None:
        """Show what was emitted last; where the step was stopped, it is all that is kept."""
        if self._showing is None:
            return
        self._showing.cancel()
        with suppress(asyncio.CancelledError):
            await self._showing
        await self._show()

    async def _show_soon(self) -> None:
        await asyncio.sleep(SHOW_EVERY)
        await self._show()

    async def _show(self) -> None:
        try:
            await self._output.show_output(self._work.claim, self._text)
        except (LostClaim, StoreUnavailable) as error:
            log.debug("live output of run %s was not shown: %s", self._work.claim.run_id, error)
