"""A process that fires schedules and does nothing else: `python -m … URL HOME`."""

import asyncio
import sys
from pathlib import Path

from dispatch_core.dispatcher.firing import Firing
from dispatch_core.records.database import utc_now
from dispatch_core.schedules import Schedules
from tests.core.engine import open_engine

PAUSE_SECONDS = 0.01


async def everybody(_: str) -> bool:
    return True


async def tick_for_ever(url: str, home: Path) -> None:
    async with open_engine(home, database_url=url, clock=utc_now) as engine:  # type: ignore[arg-type]
        ticking = Schedules(Firing(engine.dispatcher.parts), everybody)
        print("ready", flush=True)  # noqa: T201 (its starter waits for this)
        while True:
            await ticking.tick()
            await asyncio.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    asyncio.run(tick_for_ever(sys.argv[1], Path(sys.argv[2])))
