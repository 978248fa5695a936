"""Runs a server's coroutine until it ends or the process is told to stop."""

import asyncio
import logging
import signal
from collections.abc import Coroutine
from typing import Any

from dispatch_core.redaction import RedactSecrets

LINE = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


def log_to_stderr(level: int = logging.INFO) -> None:
    """Log in one format; the libraries that narrate each call are kept to their warnings."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(LINE))
    handler.addFilter(RedactSecrets())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("aiohttp.access", "apscheduler", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run until the work ends; SIGTERM or SIGINT cancels it, and its clean-up is waited for."""
    asyncio.run(_until_told(work))


async def _until_told(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(work)
    told = asyncio.Event()

    def stop() -> None:
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
