"""DBOS: a workflow of one step, as many at once as its threads allow, on SQLite or PostgreSQL.
Either started by who asks for it, or put into its queue, from which it is taken.

Its SQLite file is put into WAL first, which DBOS does not do by itself and which is faster.
"""

import logging
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSConfig

from tests.bench import relay

LOOK_SECONDS = 0.02


@DBOS.step()
def trivial(number: int) -> str:
    return f"hello {number}"


@DBOS.workflow()
def one_step(number: int) -> str:
    return str(trivial(number))


def main() -> None:
    facts = relay.told()
    DBOS(config=_config(facts))
    logging.disable(logging.WARNING)
    DBOS.launch()
    start = partial(_start(facts), one_step)
    for number in range(4):
        start(-number).get_result()
    relay.ready()
    begun = time.perf_counter()
    with ThreadPoolExecutor(facts["workers"]) as askers:
        handles = list(askers.map(start, range(facts["runs"])))
        look = {"polling_interval_sec": LOOK_SECONDS}
        list(askers.map(lambda handle: handle.get_result(**look), handles))
    relay.tell(begun=begun, ended=time.perf_counter())
    DBOS.destroy()


def _start(facts: dict[str, Any]) -> Callable[..., Any]:
    if not facts.get("queued"):
        return DBOS.start_workflow
    # By default it looks once a second.
    return DBOS.register_queue("bench", polling_interval_sec=LOOK_SECONDS).enqueue


def _config(facts: dict[str, Any]) -> DBOSConfig:
    url = facts["url"]
    if not url:
        file = Path(facts["folder"]) / "dbos.db"
        with sqlite3.connect(file) as connection:
            assert connection.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
        url = f"sqlite:///{file}"
    pool = facts["workers"] if facts["url"] else None
    config: DBOSConfig = {"name": "bench", "system_database_url": url, "log_level": "ERROR"}
    return config | {"sys_db_pool_size": pool} if pool else config


if __name__ == "__main__":
    main()
