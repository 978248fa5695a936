"""What both sides of a thousand connections need: open files, and a look at what each costs."""

import asyncio
import gc
import resource
import time
from pathlib import Path

import psutil

# They come one after the other, so that their long polls end at different times.
SECONDS_BETWEEN = 0.01


def open_more_files() -> None:
    """Use as many files and sockets as the system lets this process have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def resident() -> int:
    """This process's memory in bytes."""
    gc.collect()
    return int(psutil.Process().memory_info().rss)


async def idle_cost(seconds: float) -> float:
    """Seconds of processor time that this process spends in each second of a while."""
    process = psutil.Process()
    begun, spent = time.perf_counter(), sum(process.cpu_times()[:2])
    await asyncio.sleep(seconds)
    return float((sum(process.cpu_times()[:2]) - spent) / (time.perf_counter() - begun))


async def wait_for(sign: Path, settle: float) -> None:
    """Return so many seconds after the other process has made this file."""
    while not sign.exists():  # noqa: ASYNC110, ASYNC240 (another process makes it)
        await asyncio.sleep(0.1)
    await asyncio.sleep(settle)
