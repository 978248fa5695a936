"""DBOS: a workflow of one step, as many at once as its threads allow, on SQLite or PostgreSQL.

Its SQLite file is put into WAL first, which DBOS does not do by itself and which is faster.
"""

import logging
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSConfig

from tests.bench import relay


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
    for number in range(4):
        DBOS.start_workflow(one_step, -number).get_result()
    relay.ready()
    begun = time.perf_counter()
    with ThreadPoolExecutor(facts["workers"]) as askers:
        handles = list(askers.map(lambda n: DBOS.start_workflow(one_step, n), range(facts["runs"])))
        list(askers.map(lambda handle: handle.get_result(polling_interval_sec=0.02), handles))
    relay.tell(begun=begun, ended=time.perf_counter())
    DBOS.destroy()


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
