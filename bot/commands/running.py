"""Runs a server's coroutine until it ends or the process is told to stop."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger(__name__)

# An operator is promised an end within fifteen seconds, whatever hangs.
LAST_SECONDS = 14.0


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run until the work ends; SIGTERM or SIGINT cancels it, and its clean-up is waited for."""
    asyncio.run(_until_told(work))


async def until_one_ends(*work: Coroutine[Any, Any, None]) -> None:
    """Await what should run for ever; where one of them ends, so does this, and raises why."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _end_within(seconds: float) -> None:
    """End the process if its clean-up does not: a kill -9 would lose no more, and comes next."""

    def end() -> None:
        log.warning("not all was tidied up in %.0f s; the next start does the rest", seconds)
        logging.shutdown()
        os._exit(0)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()


async def _until_told(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(work)
    told = asyncio.Event()

    def stop() -> None:
        if not told.is_set():
            _end_within(LAST_SECONDS)
        told.set()
        task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        await task
    except asyncio.CancelledError:
        if not told.is_set():
            raise
