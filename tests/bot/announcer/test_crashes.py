"""A process that dies at any point between the outbox and Slack: the next one finishes the work."""

import json
from typing import Any

import pytest

from tests.bot.announcer.bench import Bench
from tests.bot.announcer.shelf import Shelf, a_file, a_run, an_approval, ended, words

LONG = "a line of an answer\n" * 1_000


class Died(BaseException):
    """The process is no more."""


class Mortal:
    """An outbox whose process dies at its nth write, just before it or just after it."""

    def __init__(self, shelf: Shelf, writes: int, after: bool) -> None:
        self.shelf, self.writes, self.after = shelf, writes, after

    def __getattr__(self, verb: str) -> Any:
        return getattr(self.shelf, verb)

    async def note_attempt(self, owner: str, entry_id: str, attempt: str) -> bool:
        self._die(before=True)
        noted = await self.shelf.note_attempt(owner, entry_id, attempt)
        self._die(before=False)
        return noted

    async def announced(self, owner: str, entry_id: str, revision: int, ref: str | None) -> bool:
        self._die(before=True)
        kept = await self.shelf.announced(owner, entry_id, revision, ref)
        self._die(before=False)
        return kept

    def _die(self, before: bool) -> None:
        if before:
            self.writes -= 1
        if self.writes <= 0 and before is not self.after:
            raise Died


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("writes", range(1, 14))
async def test_wherever_it_dies_each_entry_stands_once(
    bench: Bench, writes: int, after: bool
) -> None:
    thread = await bench.thread()
    bench.shelf.store("plot.png", b"bytes")
    run = bench.shelf.add(thread, a_run(thread))
    for body in (an_approval(thread), a_file(thread), words(LONG), words("the end")):
        bench.shelf.add(thread, body)
    bench.shelf.on_note = lambda entry_id, _attempt: (
        bench.shelf.change(run, **ended()) if entry_id == run else None
    )
    announcer = bench.announcer(Mortal(bench.shelf, writes, after))
    try:
        await announcer.drain()
    except Died:
        bench.shelf.lapse()
        await bench.announcer().drain()
    replies = bench.replies(thread)
    assert [len(one.get("files", [])) for one in replies] == [0, 0, 1, 0, 1, 0]
    assert "completed" in json.dumps(replies[0])
    assert bench.all_announced()
