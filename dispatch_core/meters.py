"""What one process counts and times, for Prometheus: one registry, made once and handed down."""

import math
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

# From one row on a fast disk to a batch that waited for a database to come back, in seconds.
COMMIT_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
# A batch holds 256 pieces at most (records/writer.py).
BATCH_PIECES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
# A claim over HTTP is held up to 25 s, hence the last buckets.
HTTP_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the database says of all processes together; ages are seconds, 0 where nothing waits.

    runs counts unfinished runs by status, queue_depth and queue_oldest are by desk kind ("core",
    "device"), ended counts by (route, reason) the runs that ended since the last look.
    """

    runs: Mapping[str, int] = field(default_factory=dict)
    queue_depth: Mapping[str, int] = field(default_factory=dict)
    queue_oldest: Mapping[str, float] = field(default_factory=dict)
    approvals_pending: int = 0
    approvals_oldest: float = 0.0
    devices: Mapping[str, int] = field(default_factory=dict)
    ended: Mapping[tuple[str, str], int] = field(default_factory=dict)
    announcer_lag: float = 0.0


class Meters:
    """The metrics of one process; safe to call from any thread, and never in anyone's way."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._batches = self._histogram(
            "writer_batch_pieces", "Pieces of work that shared a transaction.", BATCH_PIECES
        )
        self._commits = self._histogram(
            "writer_commit_seconds", "How long a batch took, commit included.", COMMIT_SECONDS
        )
        self._lost = self._counter("leases_lost", "Runs whose lease this process lost.")
        self._announced = self._counter("announced", "Entries shown in Slack by this process.")
        self._slack = self._counter("slack_errors", "Calls that Slack did not take.", "kind")
        # Not told by a process that never announces: it is no announcer that stands by.
        what = "1 while another process announces."
        self._standing_by = Gauge("dispatch_announcer_standing_by", what, registry=None)
        self.requests = self._counter(
            "http_requests", "Answered HTTP requests.", "method", "route", "status"
        )
        self.request_seconds = self._histogram(
            "http_request_seconds", "How long an HTTP request took.", HTTP_SECONDS, "route"
        )
        self._make_shared()

    def _make_shared(self) -> None:
        """What each process reads from the database: the same on all of them."""
        self._store_up = self._gauge("store_up", "1 while the database answers.")
        self._runs = self._gauge("runs", "Unfinished runs.", "status")
        self._depth = self._gauge("queue_depth", "Queued runs.", "desk")
        self._oldest = self._gauge("queue_oldest_seconds", "Age of the oldest queued run.", "desk")
        self._approvals = self._gauge("approvals", "Approvals that wait for a person.", "status")
        self._approvals_oldest = self._gauge(
            "approvals_oldest_seconds", "Age of the oldest approval that waits."
        )
        self._devices = self._gauge("devices", "Paired devices.", "presence")
        self._lag = self._gauge(
            "announcer_lag_seconds", "Age of the oldest change that Slack does not show yet."
        )
        self._ended = self._counter(
            "runs_ended", "Runs that ended, on any process.", "route", "reason"
        )

    def announces(self, kinds: Iterable[str]) -> None:
        """This process announces: tell whether it stands by, and the errors of these kinds.

        All begin at 0: Prometheus sees no increase in a series that first appears as 1.
        """
        self._standing_by.set(1)
        self.registry.register(self._standing_by)
        for kind in kinds:
            self._slack.labels(kind)

    def expects(self, routes: Iterable[str], reasons: Iterable[str]) -> None:
        """Let the ended runs of each route and reason begin at 0, for the same reason."""
        for route, reason in product(routes, reasons):
            self._ended.labels(route, reason)

    def noted(self, pieces: int, seconds: float) -> None:
        """The writer committed a batch."""
        self._batches.observe(pieces)
        self._commits.observe(seconds)

    def lost(self, leases: int) -> None:
        """The worker learnt that it holds these leases no more."""
        self._lost.inc(leases)

    def announced(self) -> None:
        """The announcer has shown an entry."""
        self._announced.inc()

    def slack_error(self, kind: str) -> None:
        """Slack did not take a call: its error's name, or the trouble's."""
        self._slack.labels(kind).inc()

    def standing_by(self, standing_by: bool) -> None:
        """Whether another process announces."""
        self._standing_by.set(standing_by)

    def watch_home(self, home: Path) -> None:
        """Tell with each scrape how much space is left for artifacts, uploads and SQLite."""
        gauge = self._gauge("home_free_bytes", "Free space in the home folder.")
        gauge.set_function(lambda: shutil.disk_usage(home).free)

    def watch_listener(self, hears: Callable[[], bool]) -> None:
        """Tell with each scrape whether what other processes signal is heard."""
        gauge = self._gauge("listener_up", "1 while other processes are heard; 0: it polls.")
        gauge.set_function(hears)

    def show(self, standing: Standing | None) -> None:
        """Take over what the database says now; None where it does not answer."""
        self._store_up.set(standing is not None)
        by_label = (self._runs, self._depth, self._oldest, self._approvals, self._devices)
        for labelled in by_label:
            labelled.clear()
        for unlabelled in (self._approvals_oldest, self._lag):
            unlabelled.set(math.nan)
        if standing is not None:
            self._show(standing)

    def _show(self, now: Standing) -> None:
        for gauge, values in (
            (self._runs, now.runs),
            (self._depth, now.queue_depth),
            (self._oldest, now.queue_oldest),
            (self._approvals, {"pending": now.approvals_pending}),
            (self._devices, now.devices),
        ):
            for label, value in values.items():
                gauge.labels(label).set(value)
        self._approvals_oldest.set(now.approvals_oldest)
        self._lag.set(now.announcer_lag)
        for (route, reason), count in now.ended.items():
            self._ended.labels(route, reason).inc(count)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"dispatch_{name}", what, labels, registry=self.registry)

    def _gauge(self, name: str, what: str, *labels: str) -> Gauge:
        return Gauge(f"dispatch_{name}", what, labels, registry=self.registry)

    def _histogram(
        self, name: str, what: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(f"dispatch_{name}", what, labels, buckets=buckets, registry=self.registry)
