"""An outbox in memory, and a clock that never waits: what the announcer stands on in its tests."""

import asyncio
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dispatch_core.approval_views import ApprovalView
from dispatch_core.errors import NotFound, StoreUnavailable
from dispatch_core.lifecycle import EndReason, RunStatus
from dispatch_core.views import (
    DISPATCH,
    ArtifactView,
    EntryBody,
    EntryKind,
    MessageView,
    RunView,
    ThreadEntry,
)
from tests.fakes import views

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KINDS = {
    MessageView: EntryKind.MESSAGE,
    RunView: EntryKind.RUN,
    ApprovalView: EntryKind.APPROVAL,
    ArtifactView: EntryKind.ARTIFACT,
}


class Shelf:
    """The dispatcher's outbox verbs over a dict; `lose_announced` makes the next records fail.

    A lease lasts until it is given up, or a test says that it has lapsed: its holder is as sure as
    can be all the time, so that nothing but what it does afterwards can help.
    """

    def __init__(self, folder: Path) -> None:
        self.entries: dict[str, ThreadEntry] = {}
        self.folder = folder
        self.holder: str | None = None
        self.lose_announced = 0
        self.on_note: Callable[[str, str], None] = lambda _entry_id, _attempt: None
        self._news = asyncio.Event()
        self._freed = asyncio.Event()

    def add(self, thread_key: str, body: EntryBody) -> str:
        position = len([one for one in self.entries.values() if one.thread_key == thread_key])
        entry_id = f"e{len(self.entries):04}"
        self.entries[entry_id] = ThreadEntry(
            entry_id, thread_key, position, KINDS[type(body)], 1, 0, None, None, body
        )
        self._news.set()
        return entry_id

    def change(self, entry_id: str, **facts: Any) -> None:
        entry = self.entries[entry_id]
        body: Any = replace(entry.body, **facts)
        self.entries[entry_id] = replace(entry, revision=entry.revision + 1, body=body)
        self._news.set()

    def forget(self, entry_id: str, attempt: str | None) -> None:
        """As if the process had died before it recorded what it did."""
        entry = self.entries[entry_id]
        self.entries[entry_id] = replace(entry, announced=0, ref=None, attempt=attempt)

    def store(self, name: str, content: bytes) -> None:
        (self.folder / name).write_bytes(content)

    def lapse(self) -> None:
        """The lease runs out without its holder's knowing."""
        self.holder = None
        self._freed.set()

    async def take_announcer(self, owner: str, seconds: float) -> float:
        if self.holder not in (None, owner):
            return 0.0
        self.holder = owner
        return math.inf

    async def renew_announcer(self, owner: str, seconds: float) -> float:
        return seconds if self.holder == owner else 0.0

    async def give_up_announcer(self, owner: str) -> None:
        if self.holder == owner:
            self.lapse()

    async def announcer_freed(self, timeout: float) -> None:  # noqa: ASYNC109
        self._freed.clear()
        await self._freed.wait()

    async def waiting(
        self, known: Mapping[str, int], wants: Sequence[tuple[int, Collection[str]]]
    ) -> tuple[tuple[ThreadEntry, ...], bool]:
        waiting = [one for one in self.entries.values() if one.announced < one.revision]
        return tuple(one for one in waiting if known.get(one.id) != one.revision), False

    async def note_attempt(self, owner: str, entry_id: str, attempt: str) -> bool:
        if self.holder != owner:
            return False
        self.entries[entry_id] = replace(self.entries[entry_id], attempt=attempt)
        self.on_note(entry_id, attempt)
        return True

    async def announced(self, owner: str, entry_id: str, revision: int, ref: str | None) -> bool:
        if self.lose_announced:
            self.lose_announced -= 1
            raise StoreUnavailable(why="disk full")
        if self.holder != owner:
            return False
        entry = self.entries[entry_id]
        self.entries[entry_id] = replace(entry, announced=revision, ref=ref, attempt=None)
        self._news.set()
        return True

    async def place_of(self, entry_id: str) -> tuple[str | None, int] | None:
        entry = self.entries.get(entry_id)
        return (entry.ref, entry.announced) if entry else None

    async def show_again(self, entry_id: str) -> None:
        self.change(entry_id)

    async def changes(self, timeout: float) -> None:  # noqa: ASYNC109
        self._news.clear()
        await self._news.wait()

    async def open_artifact(self, artifact_id: str) -> tuple[ArtifactView, Path]:
        for entry in self.entries.values():
            if isinstance(entry.body, ArtifactView) and entry.body.id == artifact_id:
                return entry.body, self.folder / entry.body.name
        raise NotFound(what="artifact", name=artifact_id)


class FastClock:
    """A clock that moves only by resting, and at once."""

    def __init__(self) -> None:
        self.now = NOON.timestamp()
        self._later: list[tuple[float, Callable[[], object]]] = []

    def time(self) -> float:
        return self.now

    def steady(self) -> float:
        return self.now

    def after(self, seconds: float, act: Callable[[], object]) -> None:
        self._later.append((self.now + seconds, act))

    async def rest(self, seconds: float, until: asyncio.Event | None = None) -> None:
        end = self.now + seconds
        await asyncio.sleep(0)
        if until is not None and until.is_set():
            return
        self.now = max(self.now, end)
        due = [item for item in self._later if item[0] <= self.now]
        self._later = [item for item in self._later if item[0] > self.now]
        for _, act in due:
            act()


def a_run(thread_key: str, **facts: Any) -> RunView:
    """A run that waits for its turn."""
    queued = {"status": RunStatus.QUEUED, "activity": "", "started_at": None, "seconds": 0.0}
    return views.a_run(thread_key=thread_key, **(queued | facts))


def ended(**facts: Any) -> dict[str, Any]:
    return {"status": RunStatus.COMPLETED, "reason": EndReason.DONE, "answer": "42"} | facts


def an_approval(thread_key: str, **facts: Any) -> ApprovalView:
    return views.an_approval(thread_key=thread_key, **facts)


def words(text: str, **facts: Any) -> MessageView:
    return replace(MessageView(id="m1", author=DISPATCH, text=text), **facts)


def a_file(thread_key: str, name: str = "plot.png", size: int = 5) -> ArtifactView:
    return views.an_artifact(thread_key=thread_key, name=name, size_bytes=size)
