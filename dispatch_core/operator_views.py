"""What whoever runs Dispatch may see of a run: all of it, with secrets masked."""

from dataclasses import dataclass
from datetime import datetime

from dispatch_core.approval_views import ApprovalView
from dispatch_core.lifecycle import StepStatus
from dispatch_core.views import ArtifactView, EntryKind, RunView


@dataclass(frozen=True, slots=True)
class Holding:
    """Where a run is, and who works on it until when; losses counts the workers it lost."""

    desk: str
    owner: str | None
    lease_until: datetime | None
    version: int
    losses: int


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One step as the journal has it; arguments are JSON, text is its result's."""

    id: str
    position: int
    tool: str
    status: StepStatus
    arguments: str
    text: str
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry of the run, and how far the front end shows it; ref is the front end's handle."""

    id: str
    position: int
    kind: EntryKind
    revision: int
    announced: int
    ref: str | None
    attempted: bool


@dataclass(frozen=True, slots=True)
class RunReport:
    """A run with all that hangs on it, in its order."""

    run: RunView
    holding: Holding
    steps: tuple[JournalLine, ...]
    approvals: tuple[ApprovalView, ...]
    artifacts: tuple[ArtifactView, ...]
    entries: tuple[EntryLine, ...]
