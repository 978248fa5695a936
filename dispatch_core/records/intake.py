"""Messages become runs, many at once: threads, messages, runs, and what the threads show."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Float,
    Integer,
    String,
    Text,
    bindparam,
    false,
    literal_column,
    select,
    update,
)

from dispatch_core.lifecycle import CORE_DESK, Route, RunStatus
from dispatch_core.records import threads
from dispatch_core.records.columns import UtcDateTime, new_id, written
from dispatch_core.records.rowset import Many, adding, values_of
from dispatch_core.records.runs import waits_or_works
from dispatch_core.records.tables import ENTRIES, MESSAGES, RUNS, THREADS
from dispatch_core.records.transaction import ENTRIES_CHANGED, Transaction, desk_topic
from dispatch_core.views import AttachedFile, EntryKind

# What one message puts into its thread: itself, and its run.
ENTRIES_EACH = 2


@dataclass(frozen=True, slots=True)
class Intake:
    """A person's message that asks for something, and the run that it becomes."""

    thread_key: str
    message_key: str
    author: str
    text: str
    title: str
    request: str
    route: Route
    route_reason: str
    device_wish: str | None
    timeout_seconds: float
    time_zone: str
    asked_at: datetime
    files: tuple[AttachedFile, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message; created is False where it had been taken before."""

    run_id: str | None
    created: bool


@dataclass(slots=True)
class _Place:
    """Where the next entry of a thread goes, and whether a run of it waits or works."""

    thread_id: str
    position: int
    busy: bool = False


def take_in(tx: Transaction, intakes: Sequence[Intake]) -> list[Taken]:
    """Take messages, each once by its key; what a second telling brings of files is added."""
    keys = values_of(intake.message_key for intake in intakes)
    run_ids: dict[str, str | None] = {row.message_key: row.run_id for row in _KNOWN(tx, keys)}
    new: dict[str, Intake] = {}
    for intake in intakes:
        if intake.message_key not in run_ids:
            new.setdefault(intake.message_key, intake)
    if new:
        run_ids |= _make(tx, list(new.values()))
    taken = []
    for intake in intakes:
        created = new.get(intake.message_key) is intake
        if not created and intake.files:
            threads.add_late_files(tx, intake.message_key, intake.files)
        taken.append(Taken(run_ids[intake.message_key], created))
    return taken


def _make(tx: Transaction, intakes: Sequence[Intake]) -> dict[str, str | None]:
    """The ids of the runs made, by the messages' keys."""
    places = _places(tx, Counter(intake.thread_key for intake in intakes))
    messages: list[tuple[Any, ...]] = []
    runs: list[tuple[Any, ...]] = []
    entries: list[tuple[Any, ...]] = []
    made: dict[str, str | None] = {}
    for intake in intakes:
        place, message_id, run_id = places[intake.thread_key], new_id(), new_id()
        messages.append(_message(intake, message_id, run_id, place))
        runs.append(_run(intake, run_id, place))
        entries += _entries(place, message_id, run_id)
        place.position, place.busy = place.position + ENTRIES_EACH, True
        made[intake.message_key] = run_id
    _ADD_MESSAGES(tx, messages, now=tx.now)
    _ADD_RUNS(tx, runs, now=tx.now)
    _ADD_ENTRIES(tx, entries)
    for intake, message in zip(intakes, messages, strict=True):
        threads.add_files(tx, message[1], message[0], intake.files)
    tx.signal(ENTRIES_CHANGED)
    tx.signal(desk_topic(CORE_DESK))
    return made


def _places(tx: Transaction, messages: Counter[str]) -> dict[str, _Place]:
    """A place in each thread for so many messages; threads that are new are made."""
    # In one order everywhere, so that no two processes wait for each other's threads.
    wanted = [(key, ENTRIES_EACH * number) for key, number in sorted(messages.items())]
    places = {
        row.key: _Place(row.id, row.next_position - ENTRIES_EACH * messages[row.key])
        for row in _TAKE_PLACES(tx, wanted)
    }
    if places:
        known = values_of(place.thread_id for place in places.values())
        busy = set(_BUSY(tx, known).scalars())
        for place in places.values():
            place.busy = place.thread_id in busy
    new = [(new_id(), key, 1 + places_taken) for key, places_taken in wanted if key not in places]
    if new:
        _ADD_THREADS(tx, new, now=tx.now)
    return places | {key: _Place(thread_id, 1) for thread_id, key, _ in new}


def _message(intake: Intake, message_id: str, run_id: str, place: _Place) -> tuple[Any, ...]:
    return (
        message_id,
        place.thread_id,
        intake.author,
        intake.text,
        intake.message_key,
        run_id,
        place.busy,
    )


def _run(intake: Intake, run_id: str, place: _Place) -> tuple[Any, ...]:
    return (
        run_id,
        place.thread_id,
        intake.author,
        intake.title,
        intake.request,
        intake.route,
        intake.route_reason,
        intake.device_wish,
        intake.timeout_seconds,
        intake.time_zone,
        intake.asked_at,
    )


def _entries(place: _Place, message_id: str, run_id: str) -> Iterable[tuple[Any, ...]]:
    # The front end shows the message already; only that it waits its turn is news.
    seen = int(not place.busy)
    yield new_id(), place.thread_id, place.position, EntryKind.MESSAGE, message_id, seen
    yield new_id(), place.thread_id, place.position + 1, EntryKind.RUN, run_id, 0


_NOW = bindparam("now", type_=UtcDateTime)
_KNOWN = Many(
    {"key": String},
    lambda rows: select(MESSAGES.c.message_key, MESSAGES.c.run_id).where(
        MESSAGES.c.message_key == rows["key"]
    ),
)
_TAKE_PLACES = Many(
    {"key": String, "places": Integer},
    lambda rows: (
        update(THREADS)
        .where(THREADS.c.key == rows["key"])
        .values(next_position=THREADS.c.next_position + rows["places"])
        .returning(THREADS.c.id, THREADS.c.key, THREADS.c.next_position)
    ),
)
_BUSY = Many(
    {"thread_id": String},
    lambda rows: (
        select(RUNS.c.thread_id)
        .distinct()
        .where(RUNS.c.thread_id == rows["thread_id"], waits_or_works(RUNS))
    ),
)
_ADD_THREADS = adding(
    THREADS, {"id": String, "key": String, "next_position": Integer}, created_at=_NOW
)
_ADD_MESSAGES = adding(
    MESSAGES,
    {
        "id": String,
        "thread_id": String,
        "author": String,
        "text": Text,
        "message_key": String,
        "run_id": String,
        "queued_behind": MESSAGES.c.queued_behind.type,
    },
    created_at=_NOW,
)
_ADD_RUNS = adding(
    RUNS,
    {
        "id": String,
        "thread_id": String,
        "requester": String,
        "title": String,
        "request": Text,
        "route": RUNS.c.route.type,
        "route_reason": Text,
        "device_wish": String,
        "timeout_seconds": Float,
        "time_zone": String,
        "asked_at": UtcDateTime,
    },
    queued_at=_NOW,
    status=written(RunStatus.QUEUED),
    desk=written(CORE_DESK),
    version=literal_column("0"),
    losses=literal_column("0"),
    activity=written(""),
    output=written(""),
    answer=written(""),
    answer_apart=false(),
)
_ADD_ENTRIES = adding(
    ENTRIES,
    {
        "id": String,
        "thread_id": String,
        "position": Integer,
        "kind": ENTRIES.c.kind.type,
        "subject_id": String,
        "announced": Integer,
    },
    revision=literal_column("1"),
)
