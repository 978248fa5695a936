"""Runs as whoever runs Dispatch looks at them: many in a list, or one with all that hangs on it."""

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import literal, select, text

from dispatch_core.errors import AmbiguousRun, NotFound
from dispatch_core.lifecycle import ACTIVE, Route, RunStatus
from dispatch_core.operator_views import EntryLine, Holding, JournalLine, RunReport
from dispatch_core.records.shown import (
    approval_views,
    approvals_query,
    artifact_view,
    artifacts_query,
    run_view,
    runs_query,
)
from dispatch_core.records.tables import APPROVALS, ARTIFACTS, ENDED, ENTRIES, MESSAGES, RUNS, STEPS
from dispatch_core.records.transaction import Transaction
from dispatch_core.redaction import show_payload
from dispatch_core.views import RunView

# An id is 32 hex digits; this comes after every digit.
AFTER_HEX = "g"
MOST_NAMED = 3


def find(tx: Transaction, prefix: str) -> str:
    """The id of the one run whose id begins so; raises NotFound, AmbiguousRun."""
    begins_so = (RUNS.c.id >= prefix, RUNS.c.id < prefix + AFTER_HEX)
    ids = list(tx.connection.scalars(select(RUNS.c.id).where(*begins_so).limit(MOST_NAMED)))
    if not ids:
        raise NotFound(what="run", name=prefix)
    if len(ids) > 1:
        raise AmbiguousRun(prefix=prefix, ids=", ".join(ids))
    return str(ids[0])


def listed(
    tx: Transaction, statuses: Collection[RunStatus], routes: Collection[Route], limit: int
) -> tuple[RunView, ...]:
    """The newest runs, of these statuses and routes only where some are named."""
    query, newest = runs_query().limit(limit), RUNS.c.id.desc()
    if statuses:
        query = query.where(RUNS.c.status.in_(list(statuses)))
        if ACTIVE.issuperset(statuses):
            # Few among very many: found by ix_run_active, which a walk along the ids would not use.
            query, newest = query.where(_UNFINISHED), RUNS.c.id.concat("").desc()
    if routes:
        query = query.where(RUNS.c.route.in_(list(routes)))
    rows = tx.connection.execute(query.order_by(newest))
    return tuple(_masked(run_view(tx, row)) for row in rows)


_UNFINISHED = text(f"run.status NOT IN ({ENDED})")


def report(tx: Transaction, run_id: str) -> RunReport:
    """A run with its journal, approvals, artifacts and entries; raises NotFound."""
    row = tx.connection.execute(runs_query().where(RUNS.c.id == run_id)).one_or_none()
    if row is None:
        raise NotFound(what="run", name=run_id)
    approvals = approvals_query().where(APPROVALS.c.run_id == run_id).order_by(APPROVALS.c.id)
    artifacts = artifacts_query().where(ARTIFACTS.c.run_id == run_id).order_by(ARTIFACTS.c.id)
    journal = select(STEPS).where(STEPS.c.run_id == run_id).order_by(STEPS.c.position)
    return RunReport(
        run=_masked(run_view(tx, row)),
        holding=Holding(row.desk, row.owner, row.lease_until, row.version, row.losses),
        steps=tuple(_journal_line(step) for step in tx.connection.execute(journal)),
        approvals=tuple(approval_views(tx, tx.connection.execute(approvals).all())),
        artifacts=tuple(artifact_view(found) for found in tx.connection.execute(artifacts)),
        entries=tuple(_entry_line(entry) for entry in _entries(tx, run_id)),
    )


def _entries(tx: Transaction, run_id: str) -> list[Any]:
    """The rows of the entries that show this run, its approvals, artifacts and messages."""
    about = [
        select(table.c.id).where(table.c.run_id == run_id)
        for table in (APPROVALS, ARTIFACTS, MESSAGES)
    ]
    subjects = select(literal(run_id)).union_all(*about)
    query = select(ENTRIES).where(ENTRIES.c.subject_id.in_(subjects)).order_by(ENTRIES.c.position)
    return list(tx.connection.execute(query))


def _entry_line(row: Any) -> EntryLine:
    return EntryLine(
        id=row.id,
        position=row.position,
        kind=row.kind,
        revision=row.revision,
        announced=row.announced,
        ref=row.ref,
        attempted=row.attempt is not None,
    )


def _journal_line(row: Any) -> JournalLine:
    return JournalLine(
        id=row.id,
        position=row.position,
        tool=row.tool,
        status=row.status,
        arguments=show_payload(json.dumps(row.arguments, ensure_ascii=False)),
        text=show_payload(str((row.result or {}).get("text", ""))),
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def _masked(view: RunView) -> RunView:
    """What a card shows is masked already; the request itself is not."""
    return replace(
        view,
        title=show_payload(view.title),
        request=show_payload(view.request),
        route_reason=show_payload(view.route_reason),
        activity=show_payload(view.activity),
        answer=show_payload(view.answer),
    )
