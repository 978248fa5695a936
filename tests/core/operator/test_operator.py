"""What whoever runs Dispatch sees and does, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from dispatch_core.errors import AlreadyEnded, AmbiguousRun, NotFound, SchemaMismatch
from dispatch_core.lifecycle import EndReason, Route, RunStatus, StepStatus
from dispatch_core.meters import Standing
from dispatch_core.planning.planner import Finish
from dispatch_core.records import gauges, schema
from dispatch_core.records.transaction import Transaction
from dispatch_core.views import Decision
from tests.core.engine import ADA, Engine, decider

TOKEN = "xoxb-123456789012-abcdefghijklmnop"


async def standing(engine: Engine) -> Standing:
    now, _ = await engine.dispatcher.standing(engine.clock.now)
    return now


async def test_the_queue_is_as_deep_as_its_runs_and_as_old_as_the_oldest(engine: Engine) -> None:
    await engine.ask()
    engine.clock.move(seconds=30)
    await engine.ask(thread="T1:C1:2")
    now = await standing(engine)
    assert now.runs["queued"] == 2
    assert now.queue_depth == {"core": 2, "device": 0}
    assert now.queue_oldest == {"core": 30.0, "device": 0.0}
    await engine.claim()
    now = await standing(engine)
    assert (now.runs["queued"], now.runs["running"]) == (1, 1)
    assert now.queue_oldest["core"] == 0.0


async def test_a_run_at_a_devices_desk_counts_as_a_devices(engine: Engine) -> None:
    await engine.pair()
    approval = await engine.ask_for_shell()
    engine.clock.move(seconds=20)
    now = await standing(engine)
    assert (now.approvals_pending, now.approvals_oldest) == (1, 20.0)
    assert now.runs["waiting_approval"] == 1
    await engine.dispatcher.decide(approval.id, Decision.APPROVE, decider(ADA))
    now = await standing(engine)
    assert now.queue_depth == {"core": 0, "device": 1}
    assert (now.approvals_pending, now.approvals_oldest) == (0, 0.0)
    assert sum(now.devices.values()) == 1


async def test_each_end_is_counted_once_whenever_one_looks(engine: Engine) -> None:
    since = engine.clock.now - timedelta(seconds=1)
    for number in range(3):
        await engine.ask(thread=f"T1:C1:{number}")
        work = await engine.claim()
        await engine.desk.finish(work.claim, Finish(EndReason.DONE, "hello"))
        engine.clock.move(seconds=4)
    looked = []
    for _ in range(4):
        now, since = await engine.dispatcher.standing(since)
        looked.append(now.ended.get(("inline", "done"), 0))
        engine.clock.move(seconds=4)
    assert sum(looked) == 3
    assert looked[-1] == 0


async def test_a_clock_that_was_set_back_does_not_end_the_count(engine: Engine) -> None:
    _, since = await engine.dispatcher.standing(engine.clock.now + timedelta(days=1))
    await engine.ask()
    await engine.desk.finish((await engine.claim()).claim, Finish(EndReason.DONE, "hello"))
    engine.clock.move(seconds=10)
    now, _ = await engine.dispatcher.standing(since)
    assert now.ended == {("inline", "done"): 1}


async def test_no_gauge_reads_runs_that_have_ended(engine: Engine) -> None:
    """Each query has a partial index to stand on; PostgreSQL is kept from scanning tiny tables."""
    queries = {
        gauges._OF_DESKS: "ix_run_queued",
        gauges._COUNT_RUNNING: "WHERE|ix_run_leased|uq_run_one_running",
        gauges._COUNT_WAITING: "ix_run_active",
        gauges._OF_PENDING: "ix_approval_pending",
    }

    def plans(tx: Transaction) -> list[str]:
        dialect = tx.connection.dialect
        if dialect.name == "postgresql":
            tx.connection.execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN " if dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
        return [
            str(tx.connection.exec_driver_sql(explain + str(query.compile(dialect=dialect))).all())
            for query in queries
        ]

    for plan, indexes in zip(await engine.store.read(plans), queries.values(), strict=True):
        assert any(index in plan for index in indexes.split("|")), plan


async def test_runs_are_listed_newest_first_by_status_and_route(engine: Engine) -> None:
    first = await engine.ask("hello")
    await engine.desk.finish((await engine.claim()).claim, Finish(EndReason.DONE, "hello"))
    second = await engine.ask("```python\nprint(1)\n```", thread="T1:C1:2")
    everything = await engine.dispatcher.list_runs()
    assert [run.id for run in everything] == [second, first]
    queued = await engine.dispatcher.list_runs({RunStatus.QUEUED})
    assert [run.id for run in queued] == [second]
    inline = await engine.dispatcher.list_runs(routes=[Route.INLINE])
    assert [run.id for run in inline] == [first]
    assert len(await engine.dispatcher.list_runs(limit=1)) == 1


async def test_a_run_is_shown_whole_and_without_secrets(engine: Engine) -> None:
    await engine.pair()
    approval = await engine.ask_for_shell(f"curl -H {TOKEN}")
    report = await engine.dispatcher.report_run(approval.run_id)
    assert report.run.status is RunStatus.WAITING_APPROVAL
    assert report.holding.owner is None
    [step] = report.steps
    assert (step.tool, step.status) == ("shell", StepStatus.PLANNED)
    assert [one.id for one in report.approvals] == [approval.id]
    shown = {entry.kind.value: entry.announced == entry.revision for entry in report.entries}
    assert shown == {"message": True, "run": False, "approval": False}
    assert TOKEN not in str(report)


async def test_an_ids_beginning_names_a_run_where_only_one_begins_so(engine: Engine) -> None:
    first, second = await engine.ask(), await engine.ask(thread="T1:C1:2")
    assert (await engine.dispatcher.report_run(first[:31])).run.id == first
    common = next(first[:n] for n in range(31, 0, -1) if second.startswith(first[:n]))
    with pytest.raises(AmbiguousRun, match=first):
        await engine.dispatcher.report_run(common)
    with pytest.raises(NotFound):
        await engine.dispatcher.report_run("f" * 32)


async def test_a_queued_run_is_cancelled_at_once_and_says_by_whom(engine: Engine) -> None:
    run_id = await engine.ask()
    view = await engine.dispatcher.cancel_as_operator(run_id)
    assert (view.status, view.reason) == (RunStatus.CANCELLED, EndReason.STOPPED)
    assert view.stopped_by == "operator"
    with pytest.raises(AlreadyEnded):
        await engine.dispatcher.cancel_as_operator(run_id)


async def test_a_run_at_work_is_asked_to_stop(engine: Engine) -> None:
    run_id = await engine.ask()
    work = await engine.claim()
    view = await engine.dispatcher.cancel_as_operator(run_id)
    assert view.active
    assert view.stop_requested
    assert await engine.desk.stops_asked([work.claim]) == {run_id}


async def test_a_schema_that_was_changed_under_a_running_process_is_not_ready(
    engine: Engine,
) -> None:
    await engine.dispatcher.ready()

    async def set_version(version: str) -> None:
        statement = text("UPDATE alembic_version SET version_num = :version")
        await engine.store.write(
            lambda tx: tx.connection.execute(statement, {"version": version}).rowcount
        )

    await set_version("9999_later")
    try:
        with pytest.raises(SchemaMismatch, match="9999_later"):
            await engine.dispatcher.ready()
    finally:
        # The next test of this process gets the same database, emptied.
        await set_version(schema.newest())
