"""`dispatch` run as a process of its own, to its end."""

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from tests.bot.listeners.desk import MANIFEST


@dataclass
class Ended:
    """A command's exit code and words."""

    code: int
    out: str
    err: str


async def dispatch(
    *words: str, given: str = "", settings: Mapping[str, str] | None = None
) -> Ended:
    """Run `dispatch WORDS…` to its end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **(settings or {}), "PYTHONPATH": str(MANIFEST.parent)},
    )
    out, err = await asyncio.wait_for(process.communicate(given.encode()), 120)
    return Ended(process.returncode or 0, out.decode(), err.decode())
