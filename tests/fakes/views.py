"""Views to draw, each whole and ordinary; a test states only what matters to it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from dispatch_core.abilities import Capabilities, Permissions
from dispatch_core.approval_views import ApprovalView, GrantView
from dispatch_core.device_views import DeviceView, PairingOffer, Presence
from dispatch_core.lifecycle import (
    ApprovalStatus,
    EndReason,
    Missed,
    Route,
    RunStatus,
    ScheduleStatus,
)
from dispatch_core.views import ArtifactView, HomeView, MessageView, RunView, ScheduleView

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ADA, GRACE = "T0DISPATCH:U0ADA", "T0DISPATCH:U0GRACE"
THREAD = "T0DISPATCH:C0GENERAL:1700000000.000100"


def a_run(**facts: Any) -> RunView:
    """A run in mid-work, asked for by Ada."""
    known: dict[str, Any] = {
        "id": "run-1",
        "thread_key": THREAD,
        "requester": ADA,
        "title": "plot the squares",
        "request": "plot the squares",
        "route": Route.CLOUD_CODE,
        "route_reason": "a fenced block",
        "status": RunStatus.RUNNING,
        "reason": None,
        "activity": "running Python",
        "output": "",
        "answer": "",
        "answer_apart": False,
        "asked_at": NOON,
        "started_at": NOON + timedelta(seconds=1),
        "finished_at": None,
        "seconds": 2.0,
    }
    return RunView(**(known | facts))


def an_ended_run(reason: EndReason, status: RunStatus, **facts: Any) -> RunView:
    """A run after its end, with other routes to try."""
    elsewhere = (Route.INLINE, Route.CLOUD_KNOWLEDGE)
    ended = {"finished_at": NOON + timedelta(seconds=3), "other_routes": elsewhere}
    return a_run(status=status, reason=reason, **(ended | facts))


def an_approval(**facts: Any) -> ApprovalView:
    """Ada's shell command that waits for her."""
    known: dict[str, Any] = {
        "id": "approval-1",
        "run_id": "run-1",
        "thread_key": THREAD,
        "requester": ADA,
        "title": "Run a shell command",
        "description": "echo writes to standard output.",
        "payload": "$ echo hi",
        "device_name": "laptop",
        "status": ApprovalStatus.PENDING,
        "requested_at": NOON,
        "expires_at": NOON + timedelta(days=1),
        "approvers": (ADA,),
    }
    return ApprovalView(**(known | facts))


def a_grant(**facts: Any) -> GrantView:
    """Ada lets git status run on her laptop."""
    known: dict[str, Any] = {
        "id": "grant-1",
        "device_id": "device-1",
        "device_name": "laptop",
        "device_owner": ADA,
        "thread_key": THREAD,
        "in_thread": False,
        "tool": "shell",
        "words": "git status",
        "made_by": ADA,
        "made_at": NOON,
        "expires_at": NOON + timedelta(days=30),
    }
    return GrantView(**(known | facts))


def an_artifact(**facts: Any) -> ArtifactView:
    """A plot."""
    known: dict[str, Any] = {
        "id": "artifact-1",
        "run_id": "run-1",
        "thread_key": THREAD,
        "name": "plot.png",
        "kind": "image",
        "mime_type": "image/png",
        "size_bytes": 20_480,
        "sha256": "0" * 64,
        "download_url": "http://127.0.0.1:8765/artifacts/artifact-1?token=t",
    }
    return ArtifactView(**(known | facts))


def a_device(**facts: Any) -> DeviceView:
    """Ada's laptop, online."""
    known: dict[str, Any] = {
        "id": "device-1",
        "name": "laptop",
        "owner": ADA,
        "platform": "Linux 6.18 x86_64",
        "fingerprint": "0000 1111 2222 3333 4444 5555 6666 7777",
        "capabilities": Capabilities(shell=True, local_files=True, reachableFolders=("/home/ada",)),
        "permissions": Permissions(local_files=True, shell=True),
        "presence": Presence.ONLINE,
        "confirmed": True,
        "paired_at": NOON,
        "last_seen_at": NOON,
    }
    return DeviceView(**(known | facts))


def a_schedule(**facts: Any) -> ScheduleView:
    """What Ada wants done every day at noon."""
    known: dict[str, Any] = {
        "id": "schedule-1",
        "owner": ADA,
        "thread_key": THREAD,
        "title": "check the build",
        "words": "every day at 12:00",
        "time_zone": "Europe/Berlin",
        "missed": Missed.CATCH_UP,
        "status": ScheduleStatus.ACTIVE,
        "next_times": tuple(NOON + timedelta(days=days) for days in (1, 2, 3)),
    }
    return ScheduleView(**(known | facts))


def a_message(text: str = "Hello.", **facts: Any) -> MessageView:
    """Something that Dispatch says."""
    return MessageView(**({"id": "message-1", "author": "dispatch", "text": text} | facts))


def a_home(**facts: Any) -> HomeView:
    """A busy person's home."""
    known: dict[str, Any] = {
        "active_runs": (a_run(),),
        "recent_runs": (an_ended_run(EndReason.DONE, RunStatus.COMPLETED),),
        "pending_approvals": (an_approval(),),
        "devices": (a_device(),),
        "schedules": (a_schedule(),),
    }
    return HomeView(**(known | facts))


def an_offer() -> PairingOffer:
    """A code to pair with."""
    command = "dispatch-device pair http://127.0.0.1:8765 ABCD2345"
    return PairingOffer("ABCD2345", NOON + timedelta(minutes=10), command)
