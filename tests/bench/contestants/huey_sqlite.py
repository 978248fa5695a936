"""Huey on SQLite in WAL with synchronous=FULL, as its documentation says for many small tasks:
threads, a short delay between looks. It keeps the task until it is taken, and then its result.
"""

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from huey import SqliteHuey
from huey.consumer import Consumer

from tests.bench import relay

FULL = 2  # what PRAGMA synchronous reads for FULL
ASKERS = 16


def main() -> None:
    facts = relay.told()
    file = Path(facts["folder"]) / "huey.db"
    huey = SqliteHuey(filename=str(file), fsync=True)
    assert huey.storage.conn.execute("PRAGMA synchronous").fetchone() == (FULL,)
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    done = threading.Semaphore(0)

    def hello(number: int) -> str:
        return f"hello {number}"

    ask = huey.task()(hello)
    huey.signal("complete")(lambda *_facts: done.release())
    consumer = Consumer(
        huey, workers=facts["workers"], periodic=False, initial_delay=0.01, max_delay=0.05
    )
    consumer.start()
    relay.ready()
    begun = time.perf_counter()
    with ThreadPoolExecutor(ASKERS) as askers:
        list(askers.map(ask, range(facts["runs"])))
    for _ in range(facts["runs"]):
        done.acquire()
    relay.tell(begun=begun, ended=time.perf_counter())
    consumer.stop(graceful=True)


if __name__ == "__main__":
    main()
