"""A database as the first released version left it, with rows in every table."""

from datetime import timedelta
from typing import Any

from alembic import command
from sqlalchemy import Engine, MetaData, Table, insert

from dispatch_core.records import schema
from tests.core.engine import ADA, START

# The first revision that was given away: what stands in such a database must be kept.
RELEASED = "0003"
NOW = START.replace(tzinfo=None)
LATER = NOW + timedelta(days=1)
RUN = {
    "thread_id": "t1",
    "requester": ADA,
    "title": "say hi",
    "request": "$ echo hi",
    "route": "desktop-local",
    "route_reason": "it starts with $",
    "activity": "",
    "output": "",
    "answer": "",
    "answer_apart": False,
    "desk": "core",
    "version": 1,
    "losses": 0,
    "timeout_seconds": 600.0,
    "time_zone": "UTC",
    "asked_at": NOW,
    "queued_at": NOW,
}
ENDED = {"reason": "done", "finished_at": NOW, "answer": "hi"}
HELD = {"owner": "gone", "lease_until": NOW, "started_at": NOW}
STEP = {
    "tool": "shell",
    "arguments": {"command": "echo hi"},
    "fingerprint": "f",
    "progress_sequence": -1,
}
APPROVAL = {
    "title": "Run a shell command on laptop",
    "description": "it may do anything",
    "payload": "echo hi",
    "desk": "d1",
    "device_id": "d1",
    "device_owner": ADA,
    "requester": ADA,
    "requested_at": NOW,
    "expires_at": LATER,
}
CAN = {"shell": True, "browserAutomation": False, "desktopAutomation": False}
MAY = {"local_files": True, "shell": True, "browser_automation": False, "desktop_automation": False}
OLD: dict[str, list[dict[str, Any]]] = {
    "device": [
        {
            "id": "d1",
            "owner": ADA,
            "name": "laptop",
            "platform": "Linux",
            "public_key": b"k" * 32,
            "capabilities": CAN | {"local_files": True, "reachableFolders": ["/home/ada"]},
            "permissions": MAY,
            "confirmed": True,
            "notice_key": f"{ADA}:",
            "paired_at": NOW,
        }
    ],
    "pairing_code": [{"code_sha256": "c", "owner": ADA, "notice_key": "n", "expires_at": LATER}],
    "nonce": [{"device_id": "d1", "nonce": "n", "seen_at": NOW}],
    "secret": [{"name": "links", "value": b"s" * 32}],
    "thread": [{"id": "t1", "key": "T1:C1:1", "next_position": 8, "created_at": NOW}],
    "message": [
        {
            "id": "m1",
            "thread_id": "t1",
            "author": ADA,
            "text": "$ echo hi",
            "message_key": "T1:C1:1/1",
            "run_id": "r1",
            "queued_behind": False,
            "created_at": NOW,
        }
    ],
    "run": [
        RUN | ENDED | {"id": "r1", "status": "completed", "device_id": "d1"},
        RUN | HELD | {"id": "r2", "status": "running", "route": "inline", "request": "hello"},
        RUN | {"id": "r3", "status": "waiting_approval", "device_id": "d1"},
        RUN | {"id": "r4", "thread_id": "t1", "status": "queued", "asked_at": LATER},
    ],
    "step": [
        STEP | {"id": "s1", "run_id": "r1", "position": 0, "status": "done"},
        STEP | {"id": "s3", "run_id": "r3", "position": 0, "status": "planned"},
    ],
    "approval": [
        APPROVAL
        | {"id": "a1", "run_id": "r1", "step_id": "s1", "status": "approved"}
        | {"decided_at": NOW, "decided_by": ADA},
        APPROVAL | {"id": "a3", "run_id": "r3", "step_id": "s3", "status": "pending"},
    ],
    "artifact": [
        {
            "id": "f1",
            "run_id": "r1",
            "step_id": "s1",
            "name": "plot.png",
            "kind": "image",
            "mime_type": "image/png",
            "size_bytes": 3,
            "sha256": "0" * 64,
            "created_at": NOW,
        }
    ],
    "file": [
        {
            "id": "u1",
            "thread_id": "t1",
            "message_id": "m1",
            "name": "data.csv",
            "mime_type": "text/csv",
            "size_bytes": 3,
            "source": "F1",
        }
    ],
    "entry": [
        {"id": f"e{place}", "thread_id": "t1", "position": place, "kind": kind, "subject_id": about}
        | {"revision": 3, "announced": 2, "ref": f"ref-{place}"}
        for place, (kind, about) in enumerate(
            [
                ("message", "m1"),
                ("run", "r1"),
                ("approval", "a1"),
                ("artifact", "f1"),
                ("run", "r2"),
                ("run", "r3"),
                ("approval", "a3"),
            ],
            start=1,
        )
    ],
}


def fill(database: Engine) -> None:
    """Make the tables of that version, and rows in each."""
    with database.connect() as connection:
        command.upgrade(schema._config(connection), RELEASED)
        connection.commit()
    tables = reflected(database)
    assert set(OLD) == set(tables)
    with database.begin() as connection:
        for name, rows in OLD.items():
            for row in rows:
                connection.execute(insert(tables[name]), row)


def reflected(database: Engine) -> dict[str, Table]:
    """The tables that a database has, by name."""
    metadata = MetaData()
    metadata.reflect(database)
    return {name: t for name, t in metadata.tables.items() if name != "alembic_version"}
