"""What is told to one person only, sent in the background so that Slack is answered at once."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks.drawn import Drawn
from bot.blocks.refusal import refusal
from bot.connection.identity import FAULTS, reason_of
from bot.incoming.origin import Origin

log = logging.getLogger(__name__)


class Whispers:
    """Ephemeral messages; one that Slack does not take is logged, since nothing hangs on it."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession) -> None:
        self._client = client
        self._session = session
        self._under_way: set[asyncio.Task[None]] = set()

    def tell(self, origin: Origin, words: str | Drawn) -> None:
        """Answer a person at the place where they acted, seen by nobody else."""
        drawn = refusal(words) if isinstance(words, str) else words
        self.start(self._send(origin, drawn))

    def replace(self, origin: Origin, drawn: Drawn) -> None:
        """Redraw the ephemeral message that was clicked; elsewhere this says nothing."""
        if origin.ephemeral and origin.response_url:
            self.start(self._respond(origin.response_url, drawn))

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something after Slack was answered; a fault of Slack's is logged."""
        task = asyncio.create_task(self._guarded(work))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def drain(self, seconds: float = 10.0) -> None:
        """Wait until all that was started is done, and give up on the rest after a time."""
        waiting = set(self._under_way)
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=seconds)
            for task in late:
                task.cancel()

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except FAULTS as fault:
            log.warning("Slack did not take a private answer (%s)", reason_of(fault))
        except Exception:
            # Nobody awaits this task: what it raises would otherwise be seen by nobody.
            log.exception("A private answer could not be given")

    async def _send(self, origin: Origin, drawn: Drawn) -> None:
        said = drawn.as_arguments()
        if origin.channel is None:
            await self._client.chat_postMessage(channel=origin.user, **said)
            return
        await self._client.chat_postEphemeral(
            channel=origin.channel, user=origin.user, thread_ts=origin.thread_ts, **said
        )

    async def _respond(self, url: str, drawn: Drawn) -> None:
        body = {"replace_original": True, "response_type": "ephemeral", **drawn.as_arguments()}
        async with self._session.post(url, json=body) as answer:
            if answer.status != 200:
                log.warning("Slack did not take the redrawn message (HTTP %d)", answer.status)
