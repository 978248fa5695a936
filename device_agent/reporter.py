"""Tells the core how a step goes while it goes, and hears from it whether to stop."""

import contextlib
import logging
import threading
from collections.abc import Iterator, Sequence

from device_agent.client import Client
from device_agent.errors import CoreAway, PairingGone, RefusedByCore
from device_agent.tools.step import Stop, StopReason
from dispatch_core.protocol import Progress

log = logging.getLogger(__name__)

PROGRESS_SECONDS = 1.0
# The card shows a few thousand characters; a flood is cut here and not on the wire.
MAX_PIECE_CHARS = 20_000


class Reporter:
    """Posts a step's new output once a second; a post renews the lease even when it is empty."""

    def __init__(self, client: Client, step_id: str, stop: Stop, every: float) -> None:
        self._client = client
        self._step_id = step_id
        self._stop = stop
        self._every = every
        self._lock = threading.Lock()
        self._output = ""
        self._unanswered: Progress | None = None
        self._sequence = 0
        self._typed: list[str] = []
        self._input_taken = 0
        self._ended = threading.Event()

    def emit(self, text: str) -> None:
        """Take live output; only the tail of a flood is kept."""
        with self._lock:
            self._output = (self._output + text)[-MAX_PIECE_CHARS:]

    def take_input(self) -> Sequence[str]:
        """The lines that people wrote since this was asked last."""
        with self._lock:
            typed, self._typed = self._typed, []
        return typed

    @contextlib.contextmanager
    def reporting(self) -> Iterator[None]:
        """Post in a thread of its own until this ends."""
        thread = threading.Thread(target=self._post_until_ended, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join(self._every)

    def _post_until_ended(self) -> None:
        with contextlib.closing(self._client):
            while not self._ended.wait(self._every):
                self._post()

    def _post(self) -> None:
        progress = self._next()
        try:
            reply = self._client.progress(self._step_id, progress)
        except CoreAway:
            return  # the same words are said again, under the same number
        except PairingGone:
            self._stop.ask(StopReason.GONE)
            return
        except RefusedByCore as refusal:
            log.warning("The core no longer wants this step: %s", refusal)
            self._stop.ask(StopReason.PERSON)
            return
        self._unanswered = None
        with self._lock:
            self._typed += reply.input
        self._input_taken += len(reply.input)
        if reply.stop:
            self._stop.ask(StopReason.PERSON)

    def _next(self) -> Progress:
        """A number belongs to one piece of output for good, or a repeat would lose what it adds."""
        if self._unanswered is None:
            with self._lock:
                output, self._output = self._output, ""
            self._unanswered = Progress(
                sequence=self._sequence, output=output, input_taken=self._input_taken
            )
            self._sequence += 1
        return self._unanswered
