"""What the writer is given, and how a batch of it is done within one transaction."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.exc import IntegrityError, InterfaceError, InternalError, OperationalError

from dispatch_core.records.transaction import Transaction

T = TypeVar("T")
A = TypeVar("A")
Piece = Callable[[Transaction], T]
# Does many things of one kind in a few statements. It answers each in its place; an exception in
# its answer is that thing's alone, and has changed nothing.
Together = Callable[[Transaction, Sequence[A]], Sequence[T | Exception]]

# The database's own trouble, which is nobody's fault in the batch. A session that was cut off in a
# transaction, and a standby that takes no writes, are called internal.
AWAY = (OperationalError, InterfaceError, InternalError)
# A piece that met another process's row looks again; there may be two such rows, of two processes.
LOOKS = 3


@dataclass(slots=True)
class Job:
    """A piece; or an argument for what is done together, and what it must not overtake."""

    done: "asyncio.Future[Any]"
    piece: Piece[Any] | None = None
    together: Together[Any, Any] | None = None
    argument: Any = None
    about: str = ""
    is_ahead: bool = False


@dataclass(slots=True)
class Outcome:
    """What came of a job: a value, or the error that is its caller's."""

    job: Job
    value: Any = None
    error: BaseException | None = None


def do_all(jobs: Sequence[Job], tx: Transaction) -> list[Outcome]:
    """Do a batch; raises what any piece of it raises."""
    return [outcome for group in grouped(jobs) for outcome in _do(group, tx)]


def do_each_apart(jobs: Sequence[Job], tx: Transaction) -> list[Outcome]:
    """Do a batch with each job in its own savepoint, so that one that fails hurts only itself."""
    return [_do_apart(job, tx) for job in jobs]


def grouped(jobs: Iterable[Job]) -> list[list[Job]]:
    """Jobs of one kind side by side, none before an earlier one that is about the same.

    A piece may be about anything, so nothing passes it.
    """
    groups: list[list[Job]] = []
    of_kind: dict[Together[Any, Any], int] = {}
    latest: dict[str, int] = {}
    for job in jobs:
        if job.together is None:
            groups.append([job])
            of_kind.clear()
            continue
        place = of_kind.get(job.together, -1)
        if place < latest.get(job.about, 0):
            place = of_kind[job.together] = len(groups)
            groups.append([])
        groups[place].append(job)
        latest[job.about] = place
    return groups


def _do(group: list[Job], tx: Transaction) -> list[Outcome]:
    first = group[0]
    if first.piece is not None:
        return [Outcome(first, first.piece(tx))]
    assert first.together is not None  # noqa: S101 (a job is one or the other)
    answers = first.together(tx, [job.argument for job in group])
    return [_answered(job, answer) for job, answer in zip(group, answers, strict=True)]


def _answered(job: Job, answer: Any) -> Outcome:
    return Outcome(job, error=answer) if isinstance(answer, Exception) else Outcome(job, answer)


def _do_apart(job: Job, tx: Transaction) -> Outcome:
    """In a savepoint; a job that broke a constraint looks at the rows once more, or twice."""
    for looks_left in reversed(range(LOOKS)):
        topics, touched, notes = set(tx.topics), set(tx.touched), list(tx.notes)
        tx.connection.exec_driver_sql("SAVEPOINT piece")
        try:
            [outcome] = _do([job], tx)
        except AWAY:
            raise
        except Exception as error:  # noqa: BLE001 (it is its caller's, and hurts only itself)
            tx.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT piece")
            tx.topics, tx.touched, tx.notes = topics, touched, notes
            if not (looks_left and isinstance(error, IntegrityError)):
                return Outcome(job, error=error)
        else:
            tx.connection.exec_driver_sql("RELEASE SAVEPOINT piece")
            return outcome
    raise AssertionError("unreachable")
