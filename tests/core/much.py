"""Much to announce, made at once."""

from sqlalchemy import insert, select, update

from dispatch_core.lifecycle import Route, RunStatus
from dispatch_core.records import threads
from dispatch_core.records.columns import new_id
from dispatch_core.records.tables import ENTRIES, MESSAGES, RUNS, THREADS
from dispatch_core.records.transaction import Transaction
from dispatch_core.views import DISPATCH, EntryKind
from tests.core.engine import Engine


async def many_messages(engine: Engine, count: int, key: str = "T1:BUSY:1") -> list[str]:
    """So many messages of Dispatch in one thread; returns the ids of their entries, in order."""
    numbers = range(count)
    ids, subjects = [new_id() for _ in numbers], [new_id() for _ in numbers]

    def say(tx: Transaction) -> None:
        thread_id = threads.find_or_make(tx, key)
        given = {"thread_id": thread_id, "author": DISPATCH, "queued_behind": False}
        said = [
            {"id": subjects[n], "text": f"message {n}", "created_at": tx.now, **given}
            for n in numbers
        ]
        entries = [
            {
                "id": ids[n],
                "thread_id": thread_id,
                "position": n + 1,
                "kind": EntryKind.MESSAGE,
                "subject_id": subjects[n],
                "revision": 1,
                "announced": 0,
            }
            for n in numbers
        ]
        tx.connection.execute(insert(MESSAGES), said)
        tx.connection.execute(insert(ENTRIES), entries)
        last = update(THREADS).where(THREADS.c.id == thread_id).values(next_position=count + 1)
        tx.connection.execute(last)

    await engine.store.write(say)
    return ids


async def as_running_cards(engine: Engine, key: str) -> None:
    """The thread's messages become cards that were posted, of runs that show their progress."""

    def turn(tx: Transaction) -> None:
        thread_id = tx.connection.scalars(select(THREADS.c.id).where(THREADS.c.key == key)).one()
        entries = tx.connection.scalars(
            update(ENTRIES)
            .where(ENTRIES.c.thread_id == thread_id)
            .values(kind=EntryKind.RUN, announced=1, revision=2, ref="C1/1.1")
            .returning(ENTRIES.c.subject_id)
        ).all()
        runs = [_a_run(tx, run_id, thread_id) for run_id in entries]
        tx.connection.execute(insert(RUNS), runs)

    await engine.store.write(turn)


def _a_run(tx: Transaction, run_id: str, thread_id: str) -> dict[str, object]:
    """A run that waits at a desk where nobody is."""
    return {
        "id": run_id,
        "thread_id": thread_id,
        "requester": "T1:U1",
        "title": "a run",
        "request": "run",
        "route": Route.INLINE,
        "route_reason": "",
        "status": RunStatus.QUEUED,
        "activity": "",
        "output": "",
        "answer": "",
        "answer_apart": False,
        "desk": "away",
        "version": 0,
        "losses": 0,
        "timeout_seconds": 1.0,
        "time_zone": "UTC",
        "asked_at": tx.now,
        "queued_at": tx.now,
    }
