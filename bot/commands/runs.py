"""`dispatch runs`: list them, look into one, stop one, beside the server or without it."""

import asyncio
import dataclasses
import json
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from dispatch_core.approval_views import ApprovalView
from dispatch_core.lifecycle import ACTIVE, Route, RunStatus
from dispatch_core.operator_views import EntryLine, JournalLine, RunReport
from dispatch_core.settings import CoreSettings, read_settings
from dispatch_core.sizes import size_words
from dispatch_core.views import RunView

T = TypeVar("T")

MOST = click.IntRange(1, 10_000)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Write JSON, one object a line.")
ACTIVE_ONES = "active"


@click.group()
def runs() -> None:
    """Look at runs and stop them; RUN_ID may be an id's unambiguous beginning."""


@runs.command(name="list")
@click.option(
    "--status",
    "statuses",
    type=click.Choice([ACTIVE_ONES, *(status.value for status in RunStatus)]),
    multiple=True,
    help="Only these; may be given more than once. `active` is all that have not ended.",
)
@click.option(
    "--route",
    "routes",
    type=click.Choice([route.value for route in Route]),
    multiple=True,
    help="Only this route; may be given more than once.",
)
@click.option("--limit", type=MOST, default=20, show_default=True, help="The newest so many.")
@AS_JSON
def list_(statuses: tuple[str, ...], routes: tuple[str, ...], limit: int, as_json: bool) -> None:
    """List runs, the newest first."""
    wanted = {status for name in statuses for status in _statuses(name)}
    found = _ask(lambda operator: operator.list_runs(wanted, [*map(Route, routes)], limit))
    for run in found:
        click.echo(_json(run) if as_json else _line(run))
    if not found and not as_json:
        click.echo("There are no such runs.")


@runs.command()
@click.argument("run_id")
@AS_JSON
def show(run_id: str, as_json: bool) -> None:
    """Show all of one run: its journal, approvals, artifacts, and how far Slack shows it."""
    report = _ask(lambda operator: operator.report_run(run_id))
    click.echo(_json(report) if as_json else "\n".join(_pages(report)))


@runs.command()
@click.argument("run_id")
def cancel(run_id: str) -> None:
    """Stop one run; where a worker is at it, in any process, it is told to."""
    run = _ask(lambda operator: operator.cancel_as_operator(run_id))
    if run.active:
        click.echo(f"Run {run.id} is asked to stop; its worker does so within seconds.")
    else:
        click.echo(f"Run {run.id} is {run.status.value}.")


def _statuses(name: str) -> Iterable[RunStatus]:
    return ACTIVE if name == ACTIVE_ONES else (RunStatus(name),)


def _ask(question: Callable[[Any], Awaitable[T]]) -> T:
    from dispatch_core.control import operating  # noqa: PLC0415 (a help page need not wait for it)

    async def ask() -> T:
        async with operating(read_settings(CoreSettings)) as operator:
            return await question(operator)

    return asyncio.run(ask())


def _line(run: RunView) -> str:
    end = f" ({run.reason.value})" if run.reason else ""
    status = f"{run.status.value}{end}"
    return f"{run.id}  {_moment(run.asked_at)}  {status:<28} {run.route.value:<15}  {run.title}"


def _pages(report: RunReport) -> Iterable[str]:
    run, holding = report.run, report.holding
    yield _line(run)
    yield f"  thread {run.thread_key}, asked by {run.requester}; {run.route_reason}"
    yield f"  request: {_indented(run.request)}"
    yield f"  desk {holding.desk}, version {holding.version}, workers lost: {holding.losses}"
    if holding.owner:
        yield f"  held by {holding.owner} until {_moment(holding.lease_until)}"
    for label, moment in (("started", run.started_at), ("ended", run.finished_at)):
        if moment:
            yield f"  {label} {_moment(moment)}"
    told = ("activity", run.activity), ("answer", run.answer), ("stopped by", run.stopped_by)
    yield from (f"  {label}: {_indented(text)}" for label, text in told if text)
    yield from _page("journal", map(_step, report.steps))
    yield from _page("approvals", map(_approval, report.approvals))
    yield from _page(
        "artifacts", (f"{a.name}, {size_words(a.size_bytes)}" for a in report.artifacts)
    )
    yield from _page("entries", map(_entry, report.entries))


def _page(title: str, lines: Iterable[str]) -> Iterable[str]:
    yield f"{title}:"
    yield from (f"  {line}" for line in list(lines) or ["none"])


def _step(step: JournalLine) -> str:
    times = f"{_moment(step.started_at)} to {_moment(step.ended_at)}"
    said = f"\n    {_indented(step.text)}" if step.text else ""
    return f"{step.position}. {step.tool} {step.status.value}, {times}: {step.arguments}{said}"


def _approval(approval: ApprovalView) -> str:
    by = f" by {approval.decided_by}" if approval.decided_by else ""
    when = f"asked {_moment(approval.requested_at)}, until {_moment(approval.expires_at)}"
    return f"{approval.id} {approval.status.value}{by}, {when}: {_indented(approval.title)}"


def _entry(entry: EntryLine) -> str:
    shown = f"revision {entry.revision}, shown up to {entry.announced}"
    where = f" as {entry.ref}" if entry.ref else ""
    doubt = "; a post whose answer may be lost" if entry.attempted else ""
    return f"{entry.position}. {entry.kind.value}: {shown}{where}{doubt}"


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}" if moment else "never"


def _indented(text: str) -> str:
    return text.replace("\n", "\n    ")


def _json(view: RunView | RunReport) -> str:
    return json.dumps(dataclasses.asdict(view), ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return sorted(value) if isinstance(value, frozenset) else str(value)
