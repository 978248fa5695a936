"""The companion's loop: report in, claim, do, hand over."""

import contextlib
import logging
import threading

from device_agent.backoff import Backoff
from device_agent.client import Client
from device_agent.errors import CoreAway, PairingGone, RefusedByCore
from device_agent.permissions import report_of
from device_agent.settings import Pairing
from device_agent.steps import Bench
from device_agent.tools.step import Stop, StopReason
from dispatch_core.protocol import CLAIM_WAIT_SECONDS, StepOrder, StepQuestion

log = logging.getLogger(__name__)

# A long command must not hold up a short look at a folder.
SLOTS = 4
# Interrupt, terminate and kill take 10 s; then a little to hand the ends over.
CLOSING_SECONDS = 15.0


class Agent:
    """Serves the core until it is closed, or until the core knows the device no more."""

    def __init__(self, client: Client, bench: Bench, wait: float = CLAIM_WAIT_SECONDS) -> None:
        self._client = client
        self._bench = bench
        self._wait = wait
        self._slots = threading.Semaphore(SLOTS)
        self._lock = threading.Lock()
        self._active: dict[str, tuple[Stop, threading.Thread]] = {}
        self._closing = threading.Event()
        self._ended = threading.Event()
        self._gone: PairingGone | None = None

    def run(self) -> None:
        """Serve until close; raises PairingGone. May be interrupted by a signal's handler."""
        claimer = threading.Thread(target=self._claim, daemon=True)
        claimer.start()
        self._ended.wait()
        self._stop_steps(StopReason.GONE if self._gone else StopReason.CLOSING)
        if self._gone:
            raise self._gone

    def close(self) -> None:
        """Take no more work and end what is being done."""
        self._closing.set()
        self._ended.set()

    def _claim(self) -> None:
        try:
            self._claim_until_closed()
        finally:
            self.close()  # a fault here must end the companion, not leave it deaf

    def _claim_until_closed(self) -> None:
        backoff, reported = Backoff(), None
        while not self._closing.is_set():
            try:
                if reported != (pairing := self._bench.pairing):
                    self._report_in(pairing)
                    self._settle()
                    reported = pairing
                self._claim_one()
                backoff.reset()
            except CoreAway as away:
                reported = None
                log.warning("%s", away)
                self._closing.wait(backoff.seconds())
            except RefusedByCore as refusal:
                log.warning("The core refuses: %s", refusal)
                self._closing.wait(backoff.seconds())
            except PairingGone as gone:
                self._end(gone)

    def _report_in(self, pairing: Pairing) -> None:
        reply = self._client.report(report_of(pairing))
        log.info("%s is connected to %s", pairing.name, pairing.url)
        for wider in reply.awaits_confirmation:
            log.info("Your confirmation in Slack is awaited for: %s", wider)

    def _settle(self) -> None:
        """Hand over the ends that the core has not taken yet."""
        for entry in self._bench.journal.undelivered():
            if entry.step_id not in self._active:
                self._bench.close_interrupted(entry)
                self._bench.hand_over(entry.step_id, self._client, self._closing)

    def _claim_one(self) -> None:
        with self._slots:  # waits for a free hand before it asks for work
            pass
        work = self._client.claim(self._wait)
        if isinstance(work, StepQuestion):
            self._slots.acquire()
            threading.Thread(target=self._look_at, args=(work,), daemon=True).start()
        elif work is not None:
            self._take(work)

    def _look_at(self, question: StepQuestion) -> None:
        order = None
        try:
            with contextlib.closing(self._client.another()) as client:
                order = self._bench.look_at(question, client, self._closing)
        except PairingGone as gone:
            self._end(gone)
        finally:
            self._slots.release()
        if order is not None:
            self._take(order)

    def _take(self, order: StepOrder) -> None:
        with self._lock:
            if order.step_id in self._active or self._closing.is_set():
                return  # its lease ran out while the network was away; it is still being done
            stop = Stop()
            thread = threading.Thread(target=self._do, args=(order, stop), daemon=True)
            self._active[order.step_id] = (stop, thread)
        self._slots.acquire()
        thread.start()

    def _do(self, order: StepOrder, stop: Stop) -> None:
        try:
            with contextlib.closing(self._client.another()) as client:
                entry = self._bench.journal.find(order.step_id)
                if entry is None:
                    self._bench.do(order, client, stop)
                else:
                    self._bench.close_interrupted(entry)
                self._bench.hand_over(order.step_id, client, self._closing)
        except PairingGone as gone:
            self._end(gone)
        finally:
            with self._lock:
                del self._active[order.step_id]
            self._slots.release()

    def _end(self, gone: PairingGone) -> None:
        self._gone = gone
        self.close()

    def _stop_steps(self, reason: StopReason) -> None:
        with self._lock:
            active = list(self._active.values())
        for stop, _ in active:
            stop.ask(reason)
        for _, thread in active:
            thread.join(CLOSING_SECONDS)
