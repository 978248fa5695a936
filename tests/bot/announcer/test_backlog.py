"""Much to announce: what matters goes first, no channel hides another, and memory is bounded."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from bot.announcer.announcer import Announcer
from bot.announcer.channels import ENOUGH
from dispatch_core.views import ThreadEntry
from tests.bot.announcer.bench import Bench
from tests.core.engine import Engine, open_engine
from tests.core.much import as_running_cards, many_messages


class Watched:
    """The outbox, and the most that the announcer kept in its memory of it."""

    def __init__(self, engine: Engine) -> None:
        self._desk = engine.dispatcher
        self.most_known = 0

    def __getattr__(self, verb: str) -> Any:
        return getattr(self._desk, verb)

    async def waiting(
        self, known: Mapping[str, int], wants: Sequence[tuple[int, Collection[str]]]
    ) -> tuple[tuple[ThreadEntry, ...], bool]:
        self.most_known = max(self.most_known, len(known))
        return await self._desk.waiting(known, wants)


@asynccontextmanager
async def announcing(bench: Bench, engine: Engine) -> AsyncIterator[Watched]:
    outbox = Watched(engine)
    task = asyncio.create_task(Announcer(outbox, bench.client(), bench.clock).run())
    try:
        yield outbox
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def posted(bench: Bench, words: str) -> bool:
    return any(words in str(call) for call in bench.calls("chat.postMessage", fine=True))


async def test_an_approval_overtakes_the_progress_of_its_own_channel(
    bench: Bench, tmp_path: Path
) -> None:
    async with open_engine(tmp_path) as engine:
        busy, calm = await bench.thread(), await bench.thread()
        await engine.pair()
        await many_messages(engine, 3_000, busy)
        await as_running_cards(engine, busy)
        await engine.ask_for_shell(thread=calm)
        async with announcing(bench, engine):
            await bench.until(lambda: posted(bench, "Approval needed"))
            assert len(bench.calls("chat.update")) < 2 * ENOUGH


async def test_a_channel_with_thousands_of_messages_hides_no_other(
    bench: Bench, tmp_path: Path
) -> None:
    async with open_engine(tmp_path) as engine:
        busy, calm = await bench.thread("C0GENERAL"), await bench.thread("C0OPS")
        await many_messages(engine, 5_000, busy)
        await many_messages(engine, 1, calm)
        async with announcing(bench, engine) as outbox:
            await bench.until(lambda: bench.replies(calm))
            assert len(bench.replies(busy)) < 300
            await bench.until(lambda: len(bench.replies(busy)) > 30)
            assert outbox.most_known < 300
        texts = [one["text"] for one in bench.replies(busy)]
        assert texts == [f"message {number}" for number in range(len(texts))]
