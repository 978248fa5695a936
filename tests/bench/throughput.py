"""Runs per second through queued, claimed, one step and the end: Dispatch and its peers."""

import statistics
from dataclasses import replace

from tests.bench.children import PEERS_PYTHON
from tests.bench.contest import Contestant, Tally, compete
from tests.bench.places import Places
from tests.bench.sizes import Sizes
from tests.bench.tables import table

IN_FLIGHT = 256
THREADS = 16
CELERY = "Celery, late acknowledgement"
OWN = "tests.bench.contestants.dispatch"
PEERS = "tests.bench.contestants"
EVERYTHING = "thread, message, two entries, each step, the answer; claims are leased and fenced"


def contestants(share: float) -> list[Contestant]:
    """Who takes part; share shrinks the numbers of runs for a smoke test."""

    def runs(whole: int) -> int:
        return max(8, int(whole * share) // 2 * 2)

    return [
        *_dispatch(runs(8_000)),
        _peer("Huey", "huey_sqlite", "sqlite", runs(8_000), "the result", THREADS),
        *_dbos("sqlite", runs(1_000), THREADS),
        *_pgqueuer(runs(8_000)),
        _peer("procrastinate", "procrastinate_queue", "postgresql", runs(4_000), "the job's end"),
        *_dbos("postgresql", runs(1_000), 2 * THREADS),
        _peer(
            "Celery, late acknowledgement", "celery_redis", "redis", runs(4_000), "the result", 16
        ),
    ]


def _dispatch(runs: int) -> list[Contestant]:
    made = []
    for store in ("sqlite", "postgresql"):
        for title, alone in ((SERVICE, False), (ENGINE, True)):
            facts = {"engine_alone": alone, "workers": IN_FLIGHT, "samples": 0}
            made.append(Contestant(f"{title} ({store})", OWN, store, runs, EVERYTHING, facts))
    facts |= {"processes": 2}
    two = f"{ENGINE}, two workers (postgresql)"
    made.append(Contestant(two, OWN, "postgresql", runs * 2, EVERYTHING, facts, processes=2))
    return made


def _peer(
    name: str, module: str, store: str, runs: int, keeps: str, workers: int = IN_FLIGHT
) -> Contestant:
    facts = {"workers": workers, "samples": 0}
    module = f"{PEERS}.{module}"
    return Contestant(f"{name} ({store})", module, store, runs, keeps, facts, python=PEERS_PYTHON)


def _dbos(store: str, runs: int, workers: int) -> list[Contestant]:
    kept = "the step and the result"
    at_once = _peer("DBOS, started at once", "dbos_workflows", store, runs, kept, workers)
    queued = _peer("DBOS, by its queue", "dbos_workflows", store, runs, kept, workers)
    return [at_once, replace(queued, facts=queued.facts | {"queued": True})]


def _pgqueuer(runs: int) -> list[Contestant]:
    made = []
    for together, processes in ((1_000, 1), (10, 1), (1, 1), (1_000, 2)):
        name = f"pgqueuer, enqueued {together} in a call{_WORKERS[processes]} (postgresql)"
        facts = {"workers": IN_FLIGHT, "samples": 0, "together": together}
        keeps = "no result; a line that it succeeded"
        module = f"{PEERS}.pgqueuer_queue"
        made.append(
            Contestant(
                name, module, "postgresql", runs * processes, keeps, facts, processes, PEERS_PYTHON
            )
        )
    return made


_WORKERS = {1: "", 2: ", two workers"}


def measure(places: Places, sizes: Sizes) -> str:
    """Two tables: the rates, and what of the issue's aims they reach."""
    taking_part = contestants(sizes.share)
    tally = compete(taking_part, sizes.rounds, places)
    return f"{_rates(taking_part, tally)}\n\n{_ratios(tally)}"


def _rates(taking_part: list[Contestant], tally: Tally) -> str:
    rows = []
    for one in taking_part:
        rates = tally.rates[one.name]
        if rates:
            spread = f"{min(rates):.0f} to {max(rates):.0f}"
            told = [f"{statistics.median(rates):.0f}", spread, str(len(rates))]
        else:
            why = (tally.failures.get(one.name) or ["it was not tried"])[-1]
            told = ["-", f"not measured: {why}", "0"]
        rows.append([one.name, *told, str(one.runs), one.keeps])
    head = ["system", "runs/s, median", "slowest to fastest round", "rounds", "runs a round"]
    return table([*head, "kept of each run"], rows)


ENGINE, SERVICE = "Dispatch: engine, trivial step", "Dispatch: service, “hello”"
# What is wanted of either, on each database.
WANTED = {
    "sqlite": {
        "Huey (sqlite)": "4 (aim 8)",
        "DBOS, started at once (sqlite)": "30",
        "DBOS, by its queue (sqlite)": "30",
    },
    "postgresql": {
        "pgqueuer, enqueued 1000 in a call (postgresql)": "1 (aim 1.5)",
        "pgqueuer, enqueued 10 in a call (postgresql)": "1 (aim 1.5)",
        "pgqueuer, enqueued 1 in a call (postgresql)": "1 (aim 1.5)",
        "procrastinate (postgresql)": "8",
        "DBOS, started at once (postgresql)": "8",
        "DBOS, by its queue (postgresql)": "8",
        f"{CELERY} (redis)": "8",
    },
}
TWO_WORKERS = (
    (f"{ENGINE}, two workers (postgresql)", f"{ENGINE} (postgresql)", "1.4"),
    (
        "pgqueuer, enqueued 1000 in a call, two workers (postgresql)",
        "pgqueuer, enqueued 1000 in a call (postgresql)",
        "(for comparison)",
    ),
)


def _ratios(tally: Tally) -> str:
    asked = [
        (f"{what} ({store})", peer, wanted)
        for store, peers in WANTED.items()
        for peer, wanted in peers.items()
        for what in (ENGINE, SERVICE)
    ]
    rows = [
        [ours, theirs, _ratio(tally.rates.get(ours), tally.rates.get(theirs)), wanted]
        for ours, theirs, wanted in (*asked, *TWO_WORKERS)
    ]
    return table(["this", "against that", "ratio of medians", "wanted at least"], rows)


def _ratio(ours: list[float] | None, theirs: list[float] | None) -> str:
    if not ours or not theirs:
        return "-"
    return f"{statistics.median(ours) / statistics.median(theirs):.2f}"
