"""What docs/operations.md says of metrics, alarms and the log is what a process tells."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import Metric

from bot.announcer.meter import SLACK_ERRORS
from dispatch_core.lifecycle import EndReason, Route
from dispatch_core.meters import Meters, Standing

HOUSE = Path(__file__).parents[2]
OPERATIONS = (HOUSE / "docs/operations.md").read_text()
METRIC = re.compile(r"(?:dispatch|process)_[a-z_]+|\bup\b")
SELECTED = re.compile(r"((?:dispatch|process)_[a-z_]+)\{([^}]*)\}")
# Prometheus makes the first itself; the rest of a name is what it adds to a histogram's.
OF_PROMETHEUS = {"up"}
PART = re.compile(r"_(bucket|sum|count)$")
ENDINGS = ("_seconds", "_total", "_pieces")


def section(title: str) -> str:
    """What stands below a heading."""
    return OPERATIONS.split(f"## {title}\n")[1].split("\n## ")[0]


TOLD = section("What does each metric say?")
ALARMS = re.findall(
    r"^\| (`.*?) \|", section("Which alarms should I set, and what do they mean?"), re.MULTILINE
)


@pytest.fixture
def exported(tmp_path: Path) -> dict[str, Metric]:
    """All that a process on PostgreSQL tells which serves, by the name that is asked for."""
    meters = Meters()
    meters.announces(SLACK_ERRORS)
    meters.expects(Route, EndReason)
    meters.watch_home(tmp_path)
    meters.watch_listener(lambda: True)
    desks = {"core": 0, "device": 0}
    meters.show(Standing({"queued": 0}, desks, desks, devices={"online": 0}))
    meters.requests.labels("GET", "/", "200").inc()
    meters.request_seconds.labels("/").observe(0)
    return {_asked_for(family): family for family in meters.registry.collect()}


def _asked_for(family: Metric) -> str:
    return f"{family.name}_total" if family.type == "counter" else family.name


def named(text: str) -> set[str]:
    """The metrics that a text names."""
    return {PART.sub("", name) for name in METRIC.findall(text)} - OF_PROMETHEUS


def test_each_metric_is_told_and_none_that_is_not_there(exported: dict[str, Metric]) -> None:
    ours = {name for name in exported if name.startswith("dispatch_")}
    assert {name for name in named(TOLD) if name.startswith("dispatch_")} == ours
    assert named(TOLD) <= set(exported)


def test_a_metric_is_told_with_all_of_its_labels(exported: dict[str, Metric]) -> None:
    told = dict(SELECTED.findall(TOLD))
    for name, words in told.items():
        labels = {word.split("=")[0] for word in words.split(",")}
        assert labels == labels_of(exported[name]), name
    labelled = {name for name, family in exported.items() if labels_of(family)}
    assert {name for name in labelled if name.startswith("dispatch_")} == set(told)


def labels_of(family: Metric) -> set[str]:
    """The labels of a metric's own series."""
    return {label for sample in family.samples for label in sample.labels} - {"le"}


@pytest.mark.parametrize("alarm", ALARMS)
def test_an_alarm_asks_for_series_that_are_there_from_the_start(
    exported: dict[str, Metric], alarm: str
) -> None:
    assert named(alarm) <= set(exported)
    for opened, closed in ("()", "[]", "{}"):
        assert alarm.count(opened) == alarm.count(closed)
    for name, words in SELECTED.findall(alarm):
        label, values = re.fullmatch(r'(\w+)=~?"(.*)"', words).groups()  # type: ignore[union-attr]
        there = {sample.labels.get(label) for sample in exported[name].samples}
        assert set(values.split(r"\|")) <= there


def test_the_alarms_are_found() -> None:
    assert len(ALARMS) > 10
    assert {name for alarm in ALARMS for name in named(alarm)} >= {
        "dispatch_store_up",
        "dispatch_slack_errors_total",
        "dispatch_writer_commit_seconds",
    }


def test_each_id_of_a_log_line_is_told_and_given_somewhere() -> None:
    told = re.search(r"^\| (.*?) \| what the line is about", OPERATIONS, re.MULTILINE)
    assert told
    assert set(re.findall(r"`(\w+)`", told[1])) == set(given_ids())


def given_ids() -> Iterator[str]:
    """The ids that the code says its lines are about."""
    for path in (*HOUSE.glob("bot/**/*.py"), *HOUSE.glob("dispatch_core/**/*.py")):
        text = path.read_text()
        if "import about" in text or "import note" in text:
            calls = [one for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Call)]
            ours = [one for one in calls if getattr(one.func, "id", "") in {"about", "note"}]
            yield from (word.arg for one in ours for word in one.keywords if word.arg)
