"""Runs one program in the cage, from its first line to the death of its last child."""

import asyncio
import os
import signal
import time
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import cast

from dispatch_core.errors import NoSandbox
from dispatch_core.sandbox import cage, lifeline, view
from dispatch_core.sandbox.guard import Guard
from dispatch_core.sandbox.handed import Handed
from dispatch_core.sandbox.job import Ending, Job, Outcome
from dispatch_core.sandbox.leftovers import Leftovers
from dispatch_core.sandbox.limits import Limits
from dispatch_core.sandbox.output import Output
from dispatch_core.sandbox.probe import child_pid, first_words, probe

SETUP_SECONDS = 30.0
LOOK_SECONDS = 0.1
READ_BYTES = 65_536
ROOMS = (view.WORK, view.TMP, view.SHARED_MEMORY)

OnOutput = Callable[[str], Awaitable[None]]


class Sandbox:
    """One program's run. folder is an empty folder of the caller's: the files left land there.

    After run() ended, also where it was cancelled, outcome tells what was produced.
    """

    def __init__(self, job: Job, limits: Limits, folder: Path) -> None:
        self._job = job
        self._limits = limits
        self._folder = folder
        self._output = Output(limits.output_chars)
        self._open = ExitStack()
        self.outcome: Outcome | None = None

    async def run(self, on_output: OnOutput) -> Outcome:
        """Run the program to its end; on_output gets its output as it comes.

        Cancelling it kills the whole tree and keeps output and files. Raises NoSandbox where code
        can't be caged; it is never run without.
        """
        if why := await asyncio.to_thread(probe):
            raise NoSandbox(why=why)
        with self._open:
            process = await self._start()
            try:
                init, guard = await self._enter(process)
            except BaseException:
                await _abandon(process)
                raise
            return await self._see_through(process, init, guard, on_output)

    async def _start(self) -> Process:
        """Start bubblewrap; a cancel meanwhile waits for it, so that it can be ended whole."""
        spawn = asyncio.create_task(self._spawn())
        try:
            return await asyncio.shield(spawn)
        except asyncio.CancelledError:
            await _abandon(await spawn)
            raise

    async def _spawn(self) -> Process:
        with Handed() as handed:
            info = handed.blank()
            self._info = self._keep(os.dup(info))
            command = cage.command(self._job, self._limits, handed, info)
            return await asyncio.create_subprocess_exec(
                *command,
                stdin=PIPE,
                stdout=PIPE,
                stderr=STDOUT,
                env=cage.outer_environment(),
                cwd=cage.OUTER_FOLDER,
                pass_fds=handed.fds,
                start_new_session=True,  # Ctrl-C in the terminal is the service's to handle
            )

    async def _enter(self, process: Process) -> tuple[int, Guard]:
        """Wait until the cage stands, and open its folders from outside, before anything runs.

        An open folder outlives the cage, so the files are read after everything in it is dead.
        """
        try:
            async with asyncio.timeout(SETUP_SECONDS):
                await _ready(_reader(process))
                await lifeline.tied(pid := child_pid(self._info))
            return self._look_inside(pid)
        except TimeoutError:
            why = f"bubblewrap did not start in {SETUP_SECONDS:.0f} seconds; try again"
            raise NoSandbox(why=why) from None
        except OSError as error:
            raise NoSandbox(why=f"its folders can't be opened ({error.strerror})") from error

    def _look_inside(self, pid: int) -> tuple[int, Guard]:
        init = self._keep(os.pidfd_open(pid))
        self._rooms = [self._open_inside(pid, room) for room in ROOMS]
        return init, Guard(self._open_inside(pid, "/proc"), self._rooms, self._limits)

    def _open_inside(self, pid: int, folder: str) -> int:
        return self._keep(os.open(f"/proc/{pid}/root{folder}", os.O_RDONLY | os.O_DIRECTORY))

    def _keep(self, fd: int) -> int:
        self._open.callback(os.close, fd)
        return fd

    async def _see_through(
        self, process: Process, init: int, guard: Guard, on_output: OnOutput
    ) -> Outcome:
        """Let the program begin; when it ended, or was ended, tell the outcome."""
        begun = time.monotonic()
        ended = asyncio.create_task(self._follow(process, on_output))
        watch = asyncio.create_task(self._watch(guard))
        ending, notes = Ending.STOPPED, tuple[str, ...]()
        try:
            ending, notes = await self._end(ended, watch)
        finally:
            watch.cancel()
            _kill(init)
            await asyncio.wait({ended})
            ended.exception()  # looked at here, since a cancel leaves before result() below
            # Where on_output failed there is output left, and the process is not waited for.
            while await _reader(process).read(READ_BYTES):
                pass
            await process.wait()
            seconds = time.monotonic() - begun
            code = process.returncode if ending is Ending.EXITED else None
            self.outcome = await self._conclude(ending, code, seconds, notes)
        ended.result()
        return self.outcome

    async def _end(
        self, ended: asyncio.Task[None], watch: asyncio.Task[str]
    ) -> tuple[Ending, tuple[str, ...]]:
        await asyncio.wait(
            {ended, watch},
            timeout=self._limits.seconds,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if ended.done():
            return Ending.EXITED, ()
        return (Ending.OVER_LIMIT, (watch.result(),)) if watch.done() else (Ending.TIMED_OUT, ())

    async def _follow(self, process: Process, on_output: OnOutput) -> None:
        _let_begin(process)
        while piece := await _reader(process).read(READ_BYTES):
            if shown := self._output.feed(piece):
                await on_output(shown)
        if shown := self._output.feed(b"", final=True):
            await on_output(shown)
        # A program may close its output and go on: its end is what counts.
        await process.wait()

    async def _watch(self, guard: Guard) -> str:
        """Look again and again, since the kernel does not call; returns the limit that broke."""
        while True:
            if self._output.received > self._limits.flood_bytes:
                return "It was ended because it wrote too much output."
            if breach := guard.breach():
                return breach
            await asyncio.sleep(LOOK_SECONDS)

    async def _conclude(
        self, ending: Ending, code: int | None, seconds: float, notes: tuple[str, ...]
    ) -> Outcome:
        left = Leftovers(self._folder, self._limits)
        await asyncio.to_thread(left.gather, self._rooms[0], self._job.attached)
        return Outcome(
            ending=ending,
            exit_code=code,
            seconds=seconds,
            output=self._output.text,
            truncated=self._output.truncated,
            files=tuple(left.files),
            notes=(*notes, *left.left_out),
        )


async def _ready(reader: StreamReader) -> None:
    said = b""
    while (line := await reader.readline()) != b"ready\n":
        said += line
        if not line:
            raise NoSandbox(why=f"bubblewrap could not start: {first_words(said)}")


async def _abandon(process: Process) -> None:
    """End a cage in which nothing has begun.

    bubblewrap's first child waits for its parent before it asks to die with it, so both are killed:
    they are one process group until the cage stands.
    """
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    cast("StreamWriter", process.stdin).close()
    while await _reader(process).read(READ_BYTES):
        pass
    await process.wait()


def _reader(process: Process) -> StreamReader:
    return cast("StreamReader", process.stdout)  # there is one: it was started with a pipe


def _let_begin(process: Process) -> None:
    gate = cast("StreamWriter", process.stdin)
    gate.write(b"go\n")
    gate.close()


def _kill(init: int) -> None:
    """Kill the cage's process 1, and so everything in it; harmless where it is gone already."""
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(init, signal.SIGKILL)
