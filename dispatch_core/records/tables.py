"""Threads, runs and what hangs on them. What must always hold is a constraint here, too."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, Text
from sqlmodel import Field, SQLModel

from dispatch_core.lifecycle import (
    TERMINAL,
    ApprovalStatus,
    EndReason,
    Route,
    RunStatus,
    StepStatus,
)
from dispatch_core.records.columns import (
    UtcDateTime,
    enum_column,
    new_id,
    partial_index,
    quoted,
    table,
)
from dispatch_core.records.device_tables import DEVICE_ID
from dispatch_core.views import EntryKind

ENDED = quoted(list(TERMINAL))


class Thread(SQLModel, table=True):
    """One thread of the front end, known by its opaque key."""

    id: str = Field(default_factory=new_id, primary_key=True)
    key: str = Field(unique=True)
    next_position: int = 1
    created_at: datetime = Field(sa_type=UtcDateTime)


class Entry(SQLModel, table=True):
    """What a thread shows, in order; also the announcer's outbox."""

    __table_args__ = (
        Index("uq_entry_place", "thread_id", "position", unique=True),
        CheckConstraint("announced <= revision", name="announced_what_is"),
        partial_index("ix_entry_unannounced", "id", where="announced < revision"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    thread_id: str = Field(foreign_key="thread.id")
    position: int
    kind: EntryKind = Field(sa_type=enum_column(EntryKind, "entry_kind"))
    subject_id: str = Field(unique=True)
    revision: int = 1
    announced: int = 0
    ref: str | None = None
    attempt: str | None = None


class Message(SQLModel, table=True):
    """A message of a person or of Dispatch; message_key makes a person's count once."""

    id: str = Field(default_factory=new_id, primary_key=True)
    thread_id: str = Field(foreign_key="thread.id", index=True)
    author: str
    text: str = Field(sa_type=Text)
    message_key: str | None = Field(default=None, unique=True)
    run_id: str | None = Field(default=None, index=True)
    device_id: str | None = None
    confirms: str | None = None
    queued_behind: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)


class File(SQLModel, table=True):
    """A file that a person attached; sha256 is set once its bytes are here."""

    id: str = Field(default_factory=new_id, primary_key=True)
    thread_id: str = Field(foreign_key="thread.id", index=True)
    message_id: str = Field(foreign_key="message.id", index=True)
    name: str
    mime_type: str
    size_bytes: int
    source: str
    sha256: str | None = None


class Run(SQLModel, table=True):
    """One task being done."""

    __table_args__ = (
        CheckConstraint(
            f"(status IN ({ENDED})) = (reason IS NOT NULL AND finished_at IS NOT NULL)",
            name="an_end_has_a_reason",
        ),
        CheckConstraint(
            "(status = 'running') = (owner IS NOT NULL AND lease_until IS NOT NULL)",
            name="running_is_leased",
        ),
        partial_index("uq_run_one_running", "thread_id", where="status = 'running'", unique=True),
        partial_index("ix_run_queued", "desk", "queued_at", "id", where="status = 'queued'"),
        partial_index("ix_run_leased", "lease_until", where="status = 'running'"),
        partial_index("ix_run_active", "thread_id", "asked_at", where=f"status NOT IN ({ENDED})"),
        Index("ix_run_thread", "thread_id", "asked_at"),
        Index("ix_run_requester", "requester", "asked_at"),
        partial_index("ix_run_finished", "finished_at", where="finished_at IS NOT NULL"),
        partial_index(
            "ix_run_choosing",
            "choose_until",
            where="choose_until IS NOT NULL AND status = 'waiting_approval'",
        ),
        partial_index("ix_run_device_id", "device_id", where="device_id IS NOT NULL"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    thread_id: str = Field(foreign_key="thread.id")
    requester: str
    title: str
    request: str = Field(sa_type=Text)
    route: Route = Field(sa_type=enum_column(Route, "run_route"))
    route_reason: str = Field(sa_type=Text)
    status: RunStatus = Field(sa_type=enum_column(RunStatus, "run_status"))
    reason: EndReason | None = Field(
        default=None,
        sa_type=enum_column(EndReason, "run_reason"),
    )
    activity: str = ""
    output: str = Field(default="", sa_type=Text)
    answer: str = Field(default="", sa_type=Text)
    answer_apart: bool = False
    desk: str
    device_wish: str | None = None
    choose_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    device_id: str | None = Field(default=None, foreign_key=DEVICE_ID)
    owner: str | None = None
    version: int = 0
    losses: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    timeout_seconds: float
    time_zone: str
    asked_at: datetime = Field(sa_type=UtcDateTime)
    queued_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stop_requested_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stopped_by: str | None = None
    retry_of: str | None = None
    request_key: str | None = Field(default=None, unique=True)


class Step(SQLModel, table=True):
    """One tool call of a run: journalled before its effect and after it."""

    __table_args__ = (Index("uq_step_place", "run_id", "position", unique=True),)

    id: str = Field(default_factory=new_id, primary_key=True)
    run_id: str = Field(foreign_key="run.id")
    position: int
    tool: str
    arguments: dict[str, Any] = Field(sa_type=JSON)
    fingerprint: str
    preparation: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    status: StepStatus = Field(sa_type=enum_column(StepStatus, "step_status"))
    result: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    progress_sequence: int = -1
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Approval(SQLModel, table=True):
    """A person's answer to one step.

    authors edited steps of this run before, written_by the very text that it asks for; replaced_by
    edited this one away.
    """

    __table_args__ = (
        CheckConstraint(
            "(status = 'pending') = (decided_at IS NULL)", name="a_decision_has_a_time"
        ),
        CheckConstraint(
            "(status IN ('approved', 'rejected')) = (decided_by IS NOT NULL)",
            name="a_person_decides",
        ),
        partial_index("ix_approval_pending", "expires_at", where="status = 'pending'"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    run_id: str = Field(foreign_key="run.id", index=True)
    step_id: str = Field(foreign_key="step.id", unique=True)
    status: ApprovalStatus = Field(sa_type=enum_column(ApprovalStatus, "approval_status"))
    title: str
    description: str = Field(sa_type=Text)
    payload: str = Field(sa_type=Text)
    desk: str
    device_id: str | None = Field(default=None, foreign_key=DEVICE_ID)
    device_owner: str | None = None
    requester: str
    requested_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    remind_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str | None = None
    decision_reason: str | None = Field(default=None, sa_type=Text)
    reasons: list[str] = Field(sa_type=JSON)
    programs: list[str] = Field(sa_type=JSON)
    preview: str = Field(default="", sa_type=Text)
    grant_key: str | None = Field(default=None, sa_type=Text)
    grant_words: str | None = Field(default=None, sa_type=Text)
    editable: bool = False
    authors: list[str] = Field(sa_type=JSON)
    written_by: str | None = None
    replaced_by: str | None = None
    scope: str | None = None
    granted_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Artifact(SQLModel, table=True):
    """A file that a run made; its bytes are kept under their sha256."""

    __table_args__ = (
        CheckConstraint("size_bytes >= 0", name="size_is_not_negative"),
        Index("uq_artifact_once", "step_id", "name", "sha256", unique=True),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    run_id: str = Field(foreign_key="run.id", index=True)
    step_id: str = Field(foreign_key="step.id")
    name: str
    kind: str
    mime_type: str
    size_bytes: int
    sha256: str = Field(index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)


THREADS, ENTRIES, MESSAGES, FILES = map(table, ("thread", "entry", "message", "file"))
RUNS, STEPS, APPROVALS, ARTIFACTS = map(table, ("run", "step", "approval", "artifact"))
