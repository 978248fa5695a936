"""Schedules: tasks that are done at their times. What must always hold is a constraint, too."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Text
from sqlmodel import Field, SQLModel

from dispatch_core.lifecycle import Missed, ScheduleStatus
from dispatch_core.records.columns import (
    UtcDateTime,
    enum_column,
    new_id,
    partial_index,
    table,
)


class Schedule(SQLModel, table=True):
    """A task and its timetable; next_at is the time at which it fires next.

    message_key is the message that made it, message_id what Dispatch shows of it in its thread;
    skipped counts the times that were left out since its last run; note says why it stands still.
    """

    __table_args__ = (
        CheckConstraint("(status = 'active') = (next_at IS NOT NULL)", name="active_has_a_time"),
        CheckConstraint(
            "(status IN ('done', 'removed')) = (ended_at IS NOT NULL)", name="an_end_has_a_time"
        ),
        partial_index("ix_schedule_due", "next_at", "id", where="status = 'active'"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    owner: str = Field(index=True)
    thread_key: str
    message_key: str = Field(unique=True)
    message_id: str = Field(unique=True)
    title: str
    task: str = Field(sa_type=Text)
    words: str = Field(sa_type=Text)
    timetable: dict[str, Any] = Field(sa_type=JSON)
    time_zone: str
    missed: Missed = Field(sa_type=enum_column(Missed, "schedule_missed"))
    status: ScheduleStatus = Field(sa_type=enum_column(ScheduleStatus, "schedule_status"))
    next_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_run_id: str | None = None
    skipped: int = 0
    note: str = Field(default="", sa_type=Text)
    made_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


SCHEDULES = table("schedule")
