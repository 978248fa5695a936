"""Runs per second through queued, running and completed: Dispatch against Huey, both on SQLite.

Both keep their rows in WAL with synchronous=FULL: Huey's is looked up on its own connection here,
Dispatch's by its tests of the store (tests/core/records). A run's work is nothing in either;
Dispatch also keeps the thread, the step's journal and the answer, Huey the result. Each round makes
a new database for each, in an order drawn anew.
"""

import asyncio
import random
import sqlite3
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from huey import SqliteHuey
from huey.consumer import Consumer

from dispatch_core.lifecycle import RunStatus
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings
from dispatch_core.views import Submission

RUNS = 600
ROUNDS = 7
SLOTS = 16
FULL = 2  # what PRAGMA synchronous reads for FULL


def measure() -> dict[str, list[float]]:
    """Runs per second of each round, by system; call it in the main thread, as Huey asks."""
    rates: dict[str, list[float]] = {"Huey": [], "Dispatch": []}
    for _ in range(ROUNDS):
        for name in random.sample(list(rates), k=len(rates)):
            with tempfile.TemporaryDirectory() as folder:
                seconds = ROUND_OF[name](Path(folder))
            rates[name].append(RUNS / seconds)
    return rates


def _dispatch_round(folder: Path) -> float:
    return asyncio.run(_through_dispatch(folder))


async def _through_dispatch(folder: Path) -> float:
    settings = CoreSettings(home=folder, slots=SLOTS)
    service = Service(settings, ApprovalRules(), with_http=False)
    await service.start()
    try:
        assert _durability(folder / "dispatch.db", "journal_mode") == "wal"
        begun = time.perf_counter()
        await asyncio.gather(*(service.dispatcher.submit(_request(n)) for n in range(RUNS)))
        while await _completed(service) < RUNS:
            await service.dispatcher.changes(0.05)
        return time.perf_counter() - begun
    finally:
        await service.stop()


async def _completed(service: Service) -> int:
    await asyncio.sleep(0.02)  # counting at every change would be a load of its own
    counts = await service.dispatcher.counts()
    return counts["runs"].get(RunStatus.COMPLETED.value, 0)


def _request(number: int) -> Submission:
    return Submission(
        thread_key=f"T1:C1:{number}",
        message_key=f"T1:C1:{number}",
        person="T1:U1",
        text="hello",
        asked_at=datetime.now(UTC),
    )


def _huey_round(folder: Path) -> float:
    huey = SqliteHuey(filename=str(folder / "huey.db"), fsync=True)
    assert huey.storage.conn.execute("PRAGMA synchronous").fetchone() == (FULL,)
    assert _durability(folder / "huey.db", "journal_mode") == "wal"
    done = threading.Semaphore(0)

    def hello(number: int) -> str:
        return f"hello {number}"

    ask = huey.task()(hello)
    huey.signal("complete")(lambda *_facts: done.release())
    consumer = Consumer(huey, workers=SLOTS, periodic=False, initial_delay=0.01, max_delay=0.05)
    consumer.start()
    try:
        begun = time.perf_counter()
        with ThreadPoolExecutor(SLOTS) as askers:
            list(askers.map(ask, range(RUNS)))
        for _ in range(RUNS):
            done.acquire()
        return time.perf_counter() - begun
    finally:
        consumer.stop(graceful=True)
        huey.storage.close()


def _durability(file: Path, pragma: str) -> object:
    with sqlite3.connect(file) as connection:
        return connection.execute(f"PRAGMA {pragma}").fetchone()[0]


ROUND_OF = {"Huey": _huey_round, "Dispatch": _dispatch_round}
