"""What Dispatch asks of its database in daily work, verb by verb: how long each takes, and the
plans by which the database answers.
"""

import asyncio
import logging
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from dispatch_core.lifecycle import StepStatus
from dispatch_core.planning.planner import Finish
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.protocol import StepResult
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings
from dispatch_core.views import Submission
from tests.bench import relay
from tests.bench.contestants.trivial import OneStep, claim_nothing
from tests.bench.copying import PERSON
from tests.bench.plans import Listener, explained
from tests.core.engine import Engine, open_engine

OWNER = f"bench-{random.getrandbits(48)}"
ANNOUNCER_SECONDS = 60.0
READ_AT_ONCE = 200


class Watch:
    """Times verbs, and tells the listener which one is at work."""

    def __init__(self, listener: Listener | None) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self._listener = listener

    @asynccontextmanager
    async def on(self, verb: str) -> AsyncIterator[None]:
        """Time what is done inside."""
        if self._listener is not None:
            self._listener.verb = verb
        begun = time.perf_counter()
        yield
        self.seconds[verb].append(time.perf_counter() - begun)
        if self._listener is not None:
            self._listener.verb = ""


async def main() -> None:
    facts = relay.told()
    home, url, calls = Path(facts["home"]), facts["url"], facts["calls"]
    listener = Listener() if facts["explain"] else None
    watch = Watch(listener)
    await asyncio.to_thread(relay.ready)
    await _scrapes(home, url, calls, watch)
    async with open_engine(home, database_url=url, on_server_time=True) as engine:
        assert await engine.dispatcher.take_announcer(OWNER, ANNOUNCER_SECONDS)
        for turn in range(calls):
            await _life(engine, f"T1:C1:{random.getrandbits(48)}", watch, turn)
        await engine.dispatcher.give_up_announcer(OWNER)
    plans = explained(listener, home, facts.get("conninfo", "")) if listener else []
    relay.tell(seconds=watch.seconds, plans=plans)


async def _scrapes(home: Path, url: str, calls: int, watch: Watch) -> None:
    """The doors that Prometheus and probes knock at."""
    claim_nothing()
    settings = CoreSettings(home=home, database_url=url, http_port=0)
    service = Service(settings, ApprovalRules())
    await service.start()
    try:
        async with aiohttp.ClientSession(service.base_url) as session:
            for path in ("/metrics", "/readyz"):
                for _ in range(calls):
                    async with watch.on(f"GET {path}"), session.get(path) as reply:
                        await reply.read()
    finally:
        await service.stop()


async def _life(engine: Engine, key: str, watch: Watch, turn: int) -> None:
    """One run from its message to the announcement of its end, then what people look at."""
    desk, dispatcher = engine.desk, engine.dispatcher
    submission = Submission(key, key, PERSON, "hello", datetime.now(UTC))
    async with watch.on("submit"):
        await dispatcher.submit(submission)
    async with watch.on("claim"):
        [work] = await desk.claim(OWNER, 64)
    planned = await OneStep().next(work)
    assert not isinstance(planned, Finish)
    async with watch.on("take a step"):
        step = await desk.take_step(work.claim, planned)
    assert step is not None
    async with watch.on("renew a lease"):
        await desk.renew(OWNER, [work.claim])
    result = StepResult(status=StepStatus.DONE, text="done")
    async with watch.on("end a step"):
        await desk.end_step(work.claim, step.id, result)
    finish = await OneStep().next(work.with_step(step).with_end(step, result))
    assert isinstance(finish, Finish)
    async with watch.on("finish"):
        await desk.finish(work.claim, finish)
    await _announce(engine, watch)
    await _look(engine, key, watch, turn)


async def _announce(engine: Engine, watch: Watch) -> None:
    wants = [(READ_AT_ONCE, ())] * 3
    async with watch.on("read what is to be announced"):
        entries, _more = await engine.dispatcher.waiting({}, wants)
    for entry in entries:
        async with watch.on("note an announcement"):
            assert await engine.dispatcher.announced(OWNER, entry.id, entry.revision, "1.2")
    async with watch.on("the announcer's lag"):
        await engine.dispatcher.announcer_lag()


async def _look(engine: Engine, key: str, watch: Watch, turn: int) -> None:
    looks: dict[str, Callable[[], Any]] = {
        "App Home": lambda: engine.dispatcher.home(PERSON),
        "a thread": lambda: engine.dispatcher.thread(key),
        "the clock's tick": engine.upkeep.tick,
    }
    if turn == 0:
        looks["forget what is old (once an hour)"] = engine.upkeep.forget_old
    for verb, look in looks.items():
        async with watch.on(verb):
            await look()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(main())
