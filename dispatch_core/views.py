"""What a front end, a planner or a worker may see: frozen, with no way back into the database.

A person, a thread and a message are opaque keys of the front end's making. Times are UTC.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dispatch_core.approval_views import ApprovalView, GrantView
from dispatch_core.device_views import DeviceChoice, DeviceView
from dispatch_core.lifecycle import (
    ACTIVE,
    EndReason,
    Missed,
    Route,
    RunStatus,
    ScheduleStatus,
)

DISPATCH = "dispatch"  # the author of the messages that Dispatch itself writes
OPERATOR = "operator"  # who stopped a run at the command line: no person of the front end's


class EntryKind(StrEnum):
    """What a thread shows."""

    MESSAGE = "message"
    RUN = "run"
    APPROVAL = "approval"
    ARTIFACT = "artifact"


class Decision(StrEnum):
    """What a person says to an approval."""

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that a person attached; source is the front end's handle to fetch it with."""

    name: str
    mime_type: str
    size_bytes: int
    source: str


@dataclass(frozen=True, slots=True)
class Submission:
    """One message that asks for something; message_key makes it count once.

    asked_at, the front end's time of it, orders a thread's runs; time_zone is an IANA name.
    """

    thread_key: str
    message_key: str
    person: str
    text: str
    asked_at: datetime
    files: tuple[AttachedFile, ...] = ()
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a submission: run_id is None where it only brought files.

    created is False where the message had been taken before.
    """

    run_id: str | None
    thread_key: str
    route: Route
    created: bool


@dataclass(frozen=True, slots=True)
class Decider:
    """Who clicks: a person and the groups that the front end knows them to be in."""

    person: str
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """A task that is done at its times; the next three while it is active.

    title is the task in a line, safe to show; words say when, in time_zone (an IANA name); skipped
    counts the times left out since the last run; note says why it stands still where nobody paused
    it.
    """

    id: str
    owner: str
    thread_key: str
    title: str
    words: str
    time_zone: str
    missed: Missed
    status: ScheduleStatus
    next_times: tuple[datetime, ...] = ()
    last_at: datetime | None = None
    skipped: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message in the thread; device_id or schedule is set where it tells of one.

    confirms names what its Confirm takes, while that still waits; else it is empty. replaced says
    that a later notice of the device tells what waits now.
    """

    id: str
    author: str
    text: str
    message_key: str | None = None
    run_id: str | None = None
    device_id: str | None = None
    confirms: str = ""
    replaced: bool = False
    queued_behind: bool = False
    files: tuple[AttachedFile, ...] = ()
    schedule: ScheduleView | None = None


@dataclass(frozen=True, slots=True)
class RunView:
    """One task being done; activity says in a few words what it does or waits for.

    output is the tail of its live output; answer is the result, or why it failed, in Markdown;
    with answer_apart it stands as a message of its own. devices are those that its asker is to
    choose from, while it waits for that. seconds counts from its first start; of them it waited
    for answers to its approvals, which is counted at its end.
    """

    id: str
    thread_key: str
    requester: str
    title: str
    request: str
    route: Route
    route_reason: str
    status: RunStatus
    reason: EndReason | None
    activity: str
    output: str
    answer: str
    answer_apart: bool
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    seconds: float
    waited: float = 0.0
    device_name: str | None = None
    retry_of: str | None = None
    stop_requested: bool = False
    stopped_by: str | None = None
    other_routes: tuple[Route, ...] = ()
    devices: tuple[DeviceChoice, ...] = ()

    @property
    def worked(self) -> float:
        """The seconds in which it did not wait for a person."""
        return max(self.seconds - self.waited, 0.0)

    @property
    def active(self) -> bool:
        """Whether the run has not ended yet."""
        return self.status in ACTIVE


@dataclass(frozen=True, slots=True)
class ArtifactView:
    """A file that a run made; download_url is signed and expires."""

    id: str
    run_id: str
    thread_key: str
    name: str
    kind: str
    mime_type: str
    size_bytes: int
    sha256: str
    download_url: str

    def as_fields(self) -> dict[str, str | int]:
        """The five fields as the seed spells them."""
        return {
            "name": self.name,
            "kind": self.kind,
            "mimeType": self.mime_type,
            "sizeBytes": self.size_bytes,
            "downloadUrl": self.download_url,
        }


EntryBody = MessageView | RunView | ApprovalView | ArtifactView


@dataclass(frozen=True, slots=True)
class ThreadEntry:
    """One thing that a thread shows, at its place, and how far it is announced.

    revision grows with each change; announced is the one last shown; ref is the front end's handle
    of its post; attempt is what it noted before a post whose answer it may have lost.
    """

    id: str
    thread_key: str
    position: int
    kind: EntryKind
    revision: int
    announced: int
    ref: str | None
    attempt: str | None
    body: EntryBody


@dataclass(frozen=True, slots=True)
class HomeView:
    """What concerns one person now: newest first."""

    active_runs: tuple[RunView, ...]
    recent_runs: tuple[RunView, ...]
    pending_approvals: tuple[ApprovalView, ...]
    devices: tuple[DeviceView, ...]
    schedules: tuple[ScheduleView, ...] = ()
    grants: tuple[GrantView, ...] = ()
