"""The bench runs, in small; how fast anything is, is no test's business."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench import companions, idle, page, past
from tests.bench.children import Role, run
from tests.bench.contest import Contestant, compete
from tests.bench.places import Places, places
from tests.bench.plans import LARGE
from tests.bench.sizes import TINY
from tests.bench.throughput import IN_FLIGHT, OWN, PEERS

ALONE = {"engine_alone": True, "workers": IN_FLIGHT, "samples": 0}


@pytest.fixture
def where() -> Iterator[Places]:
    with places() as made:
        yield made


def test_a_contestant_that_fails_is_named_and_hurts_no_other(where: Places) -> None:
    ours = Contestant("Dispatch", OWN, "sqlite", 20, "all", ALONE)
    gone = Contestant("gone", "tests.bench.nobody", "sqlite", 20, "nothing")
    tally = compete([ours, gone], 1, where)
    assert tally.rates["Dispatch"][0] > 0
    assert (tally.rates["gone"], len(tally.failures["gone"])) == ([], 1)
    assert "nobody" in tally.failures["gone"][0]


def test_each_start_is_timed_from_its_submission(where: Places) -> None:
    [sqlite, *_others] = idle.SYSTEMS
    waits = idle.sample(sqlite, where, 3)
    assert len(waits) == 3
    assert all(0 < seconds < 5 for seconds in waits)


def test_simulated_companions_are_given_work_and_echoes_come_back(where: Places) -> None:
    few = replace(TINY, companions=3, samples=4, companion_seconds=0.5)
    costs, times = companions.measure(where, few).split("\n\n")
    assert [line.split("|")[2].strip() for line in costs.splitlines()[2:]] == ["3", "3"]
    assert [line.split("|")[-2].strip() for line in times.splitlines()[2:]] == ["3"] * 4


def test_no_statement_of_daily_work_reads_a_large_table_whole(where: Places) -> None:
    with where.new("sqlite") as place:
        past.fill(place, LARGE + 1_000)
        facts = {"home": str(place.folder), "url": "", "calls": 1, "explain": True}
        [result] = run([Role(f"{PEERS}.verbs", facts)])
    assert {plan["verb"] for plan in result["plans"]} >= {"submit", "claim", "finish", "App Home"}
    assert [plan for plan in result["plans"] if plan["scans"]] == []


def test_what_stands_between_the_marks_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text("a\n<!-- idle -->\nold\n<!-- /idle -->\nb\n")
    page.replace("idle", "new \\1", file)
    assert file.read_text() == "a\n<!-- idle -->\nnew \\1\n<!-- /idle -->\nb\n"
