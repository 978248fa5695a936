"""The announcer on the real dispatcher: what the core records is what the thread shows."""

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from bot.announcer.announcer import Announcer
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings
from dispatch_core.views import Submission
from tests.bot.announcer.bench import Bench


async def submit(service: Service, thread: str, text: str) -> None:
    when = datetime.fromtimestamp(float(thread.rsplit(":", maxsplit=1)[-1]), UTC)
    ada = "T0DISPATCH:U0ADA"
    await service.dispatcher.submit(Submission(thread, thread, ada, text, when))


async def test_questions_are_answered_on_one_card_each_over_a_restart(
    bench: Bench, tmp_path: Path
) -> None:
    service = Service(
        CoreSettings(home=tmp_path / "core", http_port=0), ApprovalRules(), fetch_file=None
    )
    await service.start()
    threads = [await bench.thread(text="what is 6 * 7?") for _ in range(3)]
    try:
        for seen, thread in enumerate(threads, 1):
            announcer = Announcer(service.dispatcher, bench.client(), bench.clock)
            announcing = asyncio.create_task(announcer.run())
            await submit(service, thread, "what is 6 * 7?")
            await bench.slack.wait_until(
                lambda seen=seen: (
                    sum("completed" in json.dumps(bench.replies(t)) for t in threads) == seen
                )
            )
            announcing.cancel()
            with suppress(asyncio.CancelledError):
                await announcing
        await Announcer(service.dispatcher, bench.client(), bench.clock).drain()
        assert await service.dispatcher.waiting({}, ()) == ((), False)
    finally:
        await service.stop()
    for thread in threads:
        (card,) = bench.replies(thread)
        assert "42" in json.dumps(card)
