"""The seam between a run and what does its steps at the core's own desk."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from dispatch_core.abilities import ToolName
from dispatch_core.protocol import StepResult
from dispatch_core.views import ArtifactView, HomeView
from dispatch_core.work import RunWork


class StepContext(Protocol):
    """What a tool may use while it does a step."""

    @property
    def work(self) -> RunWork:
        """The run whose step this is."""

    @property
    def timeout_seconds(self) -> float:
        """How long the step may take; the tool ends it as timed_out by itself."""

    async def emit(self, text: str) -> None:
        """Show live output; cheap, coalesced by the callee."""

    async def save_artifact(self, name: str, source: Path) -> ArtifactView:
        """Keep a file that the step made; its bytes are copied before this returns."""

    async def files_into(self, folder: Path, only: Collection[str] | None = None) -> Sequence[str]:
        """Put the thread's attached files into a folder; returns their names there.

        only names the sources of those that are wanted. Raises AttachmentUnavailable where one
        can't be had.
        """

    async def asked_with(self) -> frozenset[str]:
        """The sources of the files that came in the message that asks."""

    async def asker_home(self) -> HomeView:
        """The runs, approvals and devices of the person who asked."""


# A cancelled task means that a person stopped the run: the tool kills what it started and
# re-raises, after emitting what was produced.
CoreTool = Callable[[StepContext, Mapping[str, Any]], Awaitable[StepResult]]


@dataclass(frozen=True, slots=True)
class Offer:
    """A tool as the core offers it; unavailable says in a sentence why it can't be had here."""

    name: ToolName
    run: CoreTool
    unavailable: str = ""
