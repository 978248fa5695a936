"""A long queue: a claim reads no more of it than it takes, whatever the database has learned."""

import asyncio
from typing import Any

from sqlalchemy import event

from dispatch_core.lifecycle import EndReason
from dispatch_core.planning.planner import Finish
from dispatch_core.records.commits import BY_KEY
from tests.core.engine import Engine

MANY = 300


async def ask_many(engine: Engine, word: str) -> None:
    asked = (engine.ask(thread=f"T1:{word}:{number}") for number in range(MANY))
    await asyncio.gather(*asked)


async def end_all(engine: Engine) -> None:
    works = await engine.desk.claim("w", MANY)
    done = Finish(EndReason.DONE, "hi")
    await asyncio.gather(*(engine.desk.finish(work.claim, done) for work in works))


async def plan_of_a_claim(engine: Engine) -> str:
    """How the database answers the statement by which runs are claimed, on the writer's terms."""
    heard: list[tuple[str, Any]] = []

    def hear(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        heard.append((statement, values))

    event.listen(engine.store.engine, "before_cursor_execute", hear)
    assert len(await engine.desk.claim("w", 5)) == 5
    event.remove(engine.store.engine, "before_cursor_execute", hear)
    [(statement, values)] = [one for one in heard if "SKIP LOCKED" in one[0]]
    with engine.store.engine.connect() as connection:
        connection.exec_driver_sql(BY_KEY)
        return "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars())


async def test_a_queue_that_grew_since_it_was_measured_is_not_sorted_for_each_claim(
    processes: tuple[Engine, Engine],
) -> None:
    engine, _ = processes
    await ask_many(engine, "before")
    await end_all(engine)
    with engine.store.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    await ask_many(engine, "after")
    plan = await plan_of_a_claim(engine)
    assert "Index Scan using ix_run_queued" in plan
    assert "Sort" not in plan
    assert "Index Scan using pk_run" in plan
