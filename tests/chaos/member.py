"""A process of the scene, which faults befall and which is started again as it was."""

import asyncio
import signal
from pathlib import Path

from tests.acceptance.processes import Process

# The processes run this very tree, wherever they are started.
OURS = {"PYTHONPATH": str(Path(__file__).parents[2])}
# Of the processes of a kind, the one whose clock is wrong, and by how many seconds.
WRONG_CLOCKS = {"serve-2": 10, "worker-2": -10, "host-2": 10, "host-3": -10}


class Member(Process):
    """A process of the scene: it can be killed, suspended, and started again as it was."""

    def __init__(self, name: str, home: Path, words: tuple[str, ...], settings: dict[str, str]):
        super().__init__(home.with_suffix(".log"), home.parent, OURS | settings)
        self.name = name
        self.home = home
        self.words_to_run = words
        self.busy = False
        self.suspended = False

    @property
    def kind(self) -> str:
        """The name without its number."""
        return self.name.rpartition("-")[0]

    async def begin(self) -> None:
        """Start it, under a wrong clock where it has one."""
        wrong = WRONG_CLOCKS.get(self.name)
        clock = ("tests.chaos.clock", str(wrong)) if wrong else ()
        await self.start(*clock, *self.words_to_run)

    async def suspend(self, seconds: float) -> None:
        """SIGSTOP, and SIGCONT after so many seconds."""
        if self._running is None or not self.alive:
            return
        self.suspended = True
        self._running.send_signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            self.suspended = False
            if self.alive:
                self._running.send_signal(signal.SIGCONT)
