"""What a thread shows: rows become the frozen views that leave this folder."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, literal_column, select

from dispatch_core.approval_views import ApprovalView, VoteView
from dispatch_core.device_views import DeviceChoice
from dispatch_core.lifecycle import ACTIVE, TERMINAL, ApprovalStatus, Route, RunStatus, Scope
from dispatch_core.records import schedules, votes
from dispatch_core.records.columns import stands_at, stands_not_at
from dispatch_core.records.device_tables import DEVICES
from dispatch_core.records.devices import of_owner, paired
from dispatch_core.records.shown_devices import offers, presence, replaced
from dispatch_core.records.tables import APPROVALS, ARTIFACTS, FILES, MESSAGES, RUNS
from dispatch_core.records.tables import THREADS as T
from dispatch_core.records.transaction import Transaction
from dispatch_core.records.waits import waited_seconds
from dispatch_core.redaction import show_payload
from dispatch_core.views import (
    DISPATCH,
    ArtifactView,
    AttachedFile,
    EntryBody,
    EntryKind,
    MessageView,
    RunView,
)


def runs_query() -> Select[Any]:
    """Runs with their thread's key and their device's name."""
    joined = RUNS.join(T, T.c.id == RUNS.c.thread_id).outerjoin(
        DEVICES, DEVICES.c.id == RUNS.c.device_id
    )
    names = (T.c.key.label("thread_key"), DEVICES.c.name.label("device_name"))
    return select(RUNS, *names).select_from(joined)


def run_view(tx: Transaction, row: Any) -> RunView:
    """What may be seen of a run; seconds counts from its first start, with waited in them."""
    until = row.finished_at or tx.now
    ended = row.status not in ACTIVE
    return RunView(
        id=row.id,
        thread_key=row.thread_key,
        requester=row.requester,
        title=row.title,
        request=row.request,
        route=row.route,
        route_reason=row.route_reason,
        status=row.status,
        reason=row.reason,
        activity=row.activity,
        output=show_payload(row.output),
        answer=row.answer,
        answer_apart=row.answer_apart,
        asked_at=row.asked_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        seconds=(until - row.started_at).total_seconds() if row.started_at else 0.0,
        # Only what is done on a device asks for approval; before the end, nobody is told.
        waited=waited_seconds(tx, row.id) if ended and row.device_id else 0.0,
        device_name=row.device_name,
        retry_of=row.retry_of,
        stop_requested=row.stop_requested_at is not None,
        stopped_by=row.stopped_by,
        other_routes=tuple(route for route in Route if route is not row.route) if ended else (),
        devices=_choices(tx, row),
    )


def _choices(tx: Transaction, row: Any) -> tuple[DeviceChoice, ...]:
    if row.choose_until is None or row.status is not RunStatus.WAITING_APPROVAL:
        return ()
    mine = of_owner(tx, row.requester)
    return tuple(DeviceChoice(each.id, each.name, presence(tx, each)) for each in mine)


def run(tx: Transaction, run_id: str) -> RunView | None:
    """What may be seen of one run."""
    row = tx.connection.execute(runs_query().where(RUNS.c.id == run_id)).one_or_none()
    return run_view(tx, row) if row is not None else None


def runs_of_person(tx: Transaction, person: str, *, active: bool, limit: int) -> list[RunView]:
    """A person's runs, newest first."""
    is_active = stands_not_at(RUNS.c.status, *TERMINAL)
    # SQLite would look for the active ones among all that the person ever asked for.
    requester = RUNS.c.requester.op("||")(literal_column("''")) if active else RUNS.c.requester
    query = runs_query().where(requester == person, is_active if active else ~is_active)
    query = query.order_by(RUNS.c.asked_at.desc()).limit(limit)
    return [run_view(tx, row) for row in tx.connection.execute(query)]


def approvals_query() -> Select[Any]:
    """Approvals with their thread's key and their device's name."""
    joined = (
        APPROVALS.join(RUNS, RUNS.c.id == APPROVALS.c.run_id)
        .join(T, T.c.id == RUNS.c.thread_id)
        .outerjoin(DEVICES, DEVICES.c.id == APPROVALS.c.device_id)
    )
    names = (T.c.key.label("thread_key"), DEVICES.c.name.label("device_name"))
    return select(APPROVALS, *names).select_from(joined)


def approval_views(tx: Transaction, rows: Sequence[Any]) -> list[ApprovalView]:
    """What may be seen of approvals; who and how many may decide, the dispatcher fills in."""
    given = votes.of_many(tx, [row.id for row in rows]) if rows else {}
    return [_approval_view(row, given.get(row.id, ())) for row in rows]


def _approval_view(row: Any, given: Sequence[Any]) -> ApprovalView:
    return ApprovalView(
        id=row.id,
        run_id=row.run_id,
        thread_key=row.thread_key,
        requester=row.requester,
        title=row.title,
        description=row.description,
        payload=row.payload,
        device_name=row.device_name,
        status=row.status,
        requested_at=row.requested_at,
        expires_at=row.expires_at,
        approvers=(row.device_owner or row.requester,),
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        decision_reason=row.decision_reason,
        reminded=row.status is ApprovalStatus.PENDING and row.remind_at is None,
        reasons=tuple(row.reasons),
        programs=tuple(row.programs),
        preview=row.preview,
        grant_words=row.grant_words if row.grant_key else None,
        editable=row.editable,
        votes=tuple(VoteView(vote.person, vote.voted_at) for vote in given),
        authors=tuple(row.authors),
        edited_by=row.written_by,
        replaced_by=row.replaced_by,
        scope=Scope(row.scope) if row.scope else None,
        granted_until=row.granted_until,
    )


def approval(tx: Transaction, approval_id: str) -> ApprovalView | None:
    """What may be seen of one approval."""
    query = approvals_query().where(APPROVALS.c.id == approval_id)
    views = approval_views(tx, tx.connection.execute(query).all())
    return views[0] if views else None


def pending_approvals(tx: Transaction, limit: int) -> list[ApprovalView]:
    """All approvals that wait for a person, what expires first at the head."""
    query = (
        approvals_query()
        .where(stands_at(APPROVALS.c.status, ApprovalStatus.PENDING))
        .order_by(APPROVALS.c.expires_at, APPROVALS.c.id)
        .limit(limit)
    )
    return approval_views(tx, tx.connection.execute(query).all())


def artifacts_query() -> Select[Any]:
    """Artifacts with their thread's key."""
    joined = ARTIFACTS.join(RUNS, RUNS.c.id == ARTIFACTS.c.run_id).join(
        T, T.c.id == RUNS.c.thread_id
    )
    return select(ARTIFACTS, T.c.key.label("thread_key")).select_from(joined)


def artifact_view(row: Any) -> ArtifactView:
    """What may be seen of an artifact; its link is for the dispatcher to sign."""
    return ArtifactView(
        id=row.id,
        run_id=row.run_id,
        thread_key=row.thread_key,
        name=row.name,
        kind=row.kind,
        mime_type=row.mime_type,
        size_bytes=row.size_bytes,
        sha256=row.sha256,
        download_url="",
    )


def artifact(tx: Transaction, artifact_id: str) -> ArtifactView | None:
    """What may be seen of one artifact."""
    query = artifacts_query().where(ARTIFACTS.c.id == artifact_id)
    row = tx.connection.execute(query).one_or_none()
    return artifact_view(row) if row is not None else None


def message_view(tx: Transaction, row: Any) -> MessageView:
    """What may be seen of a message, with the files it brought."""
    # Dispatch itself attaches nothing.
    by_person = row.author != DISPATCH
    brought = select(FILES).where(FILES.c.message_id == row.id)
    files = tx.connection.execute(brought).all() if by_person else ()
    device = paired(tx, row.device_id) if row.device_id else None
    alone = row.run_id is None and row.device_id is None
    return MessageView(
        id=row.id,
        author=row.author,
        text=row.text,
        message_key=row.message_key,
        run_id=row.run_id,
        device_id=device.id if device is not None else None,
        confirms=row.confirms if device is not None and row.confirms in offers(device) else "",
        replaced=device is not None and replaced(device, row.confirms),
        queued_behind=row.queued_behind,
        files=tuple(AttachedFile(f.name, f.mime_type, f.size_bytes, f.source) for f in files),
        # Only a notice of Dispatch's own can show a schedule; nothing else is looked up.
        schedule=schedules.shown_by(tx, row.id) if alone and not by_person else None,
    )


def bodies(tx: Transaction, subjects: Iterable[tuple[EntryKind, str]]) -> dict[str, EntryBody]:
    """The views of many entries' subjects, by their ids: one query for each kind."""
    found: dict[str, EntryBody] = {}
    wanted = list(subjects)
    for kind, (query, column, views) in _KINDS.items():
        ids = [subject for of_kind, subject in wanted if of_kind is kind]
        if ids:
            rows = tx.connection.execute(query().where(column.in_(ids))).all()
            found |= {body.id: body for body in views(tx, rows)}
    return found


Views = Callable[[Transaction, Sequence[Any]], Iterable[EntryBody]]


def _each(view: Callable[[Transaction, Any], EntryBody]) -> Views:
    return lambda tx, rows: (view(tx, row) for row in rows)


_KINDS: Mapping[EntryKind, tuple[Callable[[], Select[Any]], Any, Views]] = {
    EntryKind.MESSAGE: (lambda: select(MESSAGES), MESSAGES.c.id, _each(message_view)),
    EntryKind.RUN: (runs_query, RUNS.c.id, _each(run_view)),
    EntryKind.APPROVAL: (approvals_query, APPROVALS.c.id, approval_views),
    EntryKind.ARTIFACT: (
        artifacts_query,
        ARTIFACTS.c.id,
        _each(lambda _tx, row: artifact_view(row)),
    ),
}
