"""Carries the signals of one process to all others that share a PostgreSQL.

A batch that signals anything ends with one NOTIFY, which PostgreSQL delivers once the batch is
committed. Each process listens on a connection of its own. While that connection is away every
topic is signalled each second, so that whoever waits looks by himself: the one place for polling.
"""

import asyncio
import logging
import random
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import psycopg

from dispatch_core.records.columns import new_id
from dispatch_core.records.signals import CHANNEL, Signals
from dispatch_core.records.transaction import Transaction

log = logging.getLogger(__name__)

EVERYTHING = "*"
# PostgreSQL refuses a payload of 8000 bytes or more.
MOST_BYTES = 7_999
# In seconds: how often a deaf process looks by itself, and how often a listening one makes sure.
POLL_SECONDS = 1.0
PING_SECONDS = 5.0
RECONNECT_SECONDS = (0.1, 2.0)


class Listener:
    """Tells other processes what is signalled here, and fires here what they tell.

    arguments are psycopg's. It hears on the loop and not in a thread: it is one idle socket, and
    what it hears is for the loop.
    """

    def __init__(self, arguments: Mapping[str, Any], signals: Signals) -> None:
        self._arguments = dict(arguments)
        # By which this process knows what it told itself.
        self._origin = new_id()
        self._signals = signals
        self._deaf = asyncio.Event()
        self._connected = False
        self._wait = RECONNECT_SECONDS[0]
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def hears(self) -> bool:
        """Whether what other processes tell is heard now."""
        return not self._deaf.is_set()

    def start(self) -> None:
        """Listen from now on; call it on the loop."""
        self._deaf.set()
        self._tasks = [
            asyncio.create_task(self._hear_for_ever(), name="dispatch-listener"),
            asyncio.create_task(self._poll_while_deaf(), name="dispatch-poll"),
        ]

    def news(self, tx: Transaction) -> str:
        """What the others are to hear with this transaction's commit: the topics it signals."""
        if not tx.topics:
            return ""
        payload = "\n".join([self._origin, *sorted(tx.topics)])
        return payload if len(payload.encode()) <= MOST_BYTES else f"{self._origin}\n{EVERYTHING}"

    async def stop(self) -> None:
        """Stop listening, soon even where the database does not answer."""
        # psycopg meets the first cancel of a running query by asking the server, the next by
        # closing.
        for patience in (1.0, None):
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=patience)
        self._tasks.clear()

    async def _hear_for_ever(self) -> None:
        while True:
            with suppress(psycopg.Error, OSError):
                await self._hear()
            if self._connected:
                log.warning("what other processes signal is not heard now; looking each second")
                self._connected, self._wait = False, RECONNECT_SECONDS[0]
            self._deaf.set()
            # Spread out, so that a database that comes back is not met by all at once.
            await asyncio.sleep(random.uniform(self._wait / 2, self._wait))  # noqa: S311 (no key)
            self._wait = min(2 * self._wait, RECONNECT_SECONDS[1])

    async def _hear(self) -> None:
        """Connect and pass on what is told; ends by raising what broke the connection."""
        connection = await psycopg.AsyncConnection.connect(**self._arguments, autocommit=True)
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            log.info("listening to what other processes signal")
            self._connected = True
            # Something may have been told while nobody listened here.
            self._signals.fire_all()
            while True:
                self._deaf.clear()
                async for told in connection.notifies(timeout=PING_SECONDS):
                    self._pass_on(told.payload)
                # Deaf until it answers: if it never does, looking each second goes on meanwhile.
                self._deaf.set()
                await connection.execute("SELECT 1")

    def _pass_on(self, payload: str) -> None:
        origin, *topics = payload.split("\n")
        if EVERYTHING in topics:
            self._signals.fire_all()
        elif origin != self._origin:
            self._signals.fire(topics)

    async def _poll_while_deaf(self) -> None:
        while True:
            await self._deaf.wait()
            await asyncio.sleep(POLL_SECONDS)
            if not self.hears:
                self._signals.fire_all()
