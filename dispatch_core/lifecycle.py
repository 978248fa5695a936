"""The statuses of a run, an approval, a step and a schedule, and the moves they allow."""

from enum import StrEnum


class RunStatus(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING_APPROVAL = "waiting_approval"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class EndReason(StrEnum):
    """Why a run ended; stands beside each terminal status."""

    DONE = "done"
    ERROR = "error"
    TIMED_OUT = "timed_out"
    REJECTED = "rejected"
    APPROVAL_EXPIRED = "approval_expired"
    STOPPED = "stopped"
    WORKER_LOST = "worker_lost"
    DEVICE_OFFLINE = "device_offline"
    DENIED = "denied"


class ApprovalStatus(StrEnum):
    """Where an approval stands; all but pending are final."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Scope(StrEnum):
    """How far an approval reaches: this step, or every later one that its grant covers."""

    ONCE = "once"
    THREAD = "thread"
    ALWAYS = "always"


class StepStatus(StrEnum):
    """Where a step stands in the run's journal; done and after are final."""

    PLANNED = "planned"
    STARTED = "started"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    STOPPED = "stopped"
    TIMED_OUT = "timed_out"
    INTERRUPTED = "interrupted"


class ScheduleStatus(StrEnum):
    """Where a schedule stands; done (its one time is over) and removed are final."""

    ACTIVE = "active"
    PAUSED = "paused"
    DONE = "done"
    REMOVED = "removed"


class Missed(StrEnum):
    """What becomes of a schedule's times at which Dispatch was away."""

    CATCH_UP = "catch_up"
    SKIP = "skip"


class Route(StrEnum):
    """The four places where a task can be done."""

    CLOUD_KNOWLEDGE = "cloud-knowledge"
    CLOUD_CODE = "cloud-code"
    DESKTOP_LOCAL = "desktop-local"
    INLINE = "inline"


ACTIVE = frozenset({RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING_APPROVAL})
TERMINAL = frozenset({RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED})

# One way into running (a claim); terminal states are never left (a retry is a new run).
MOVES: dict[RunStatus, frozenset[RunStatus]] = {
    RunStatus.QUEUED: frozenset({RunStatus.RUNNING, RunStatus.CANCELLED, RunStatus.FAILED}),
    RunStatus.RUNNING: TERMINAL | {RunStatus.QUEUED, RunStatus.WAITING_APPROVAL},
    RunStatus.WAITING_APPROVAL: frozenset(
        {RunStatus.QUEUED, RunStatus.CANCELLED, RunStatus.FAILED}
    ),
    RunStatus.COMPLETED: frozenset(),
    RunStatus.FAILED: frozenset(),
    RunStatus.CANCELLED: frozenset(),
}

# The statuses that each end reason may stand beside.
ENDS: dict[EndReason, RunStatus] = {
    EndReason.DONE: RunStatus.COMPLETED,
    EndReason.ERROR: RunStatus.FAILED,
    EndReason.TIMED_OUT: RunStatus.FAILED,
    EndReason.REJECTED: RunStatus.CANCELLED,
    EndReason.APPROVAL_EXPIRED: RunStatus.CANCELLED,
    EndReason.STOPPED: RunStatus.CANCELLED,
    EndReason.WORKER_LOST: RunStatus.FAILED,
    EndReason.DEVICE_OFFLINE: RunStatus.FAILED,
    EndReason.DENIED: RunStatus.FAILED,
}

CORE_DESK = "core"


def may_move(before: RunStatus, after: RunStatus) -> bool:
    """Whether the life cycle has a move from one status to the other."""
    return after in MOVES[before]
