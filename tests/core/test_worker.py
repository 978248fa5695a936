"""The worker claims, does and reports; a stop, a crash and a shutdown each end as they should."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from dispatch_core.abilities import ToolName
from dispatch_core.dispatcher.core_files import safe_name
from dispatch_core.errors import NoSandbox
from dispatch_core.lifecycle import EndReason, RunStatus, StepStatus
from dispatch_core.planning.direct import Direct
from dispatch_core.protocol import StepResult
from dispatch_core.routes.tool import Offer, StepContext
from dispatch_core.views import ArtifactView, RunView
from dispatch_core.work import Claim
from dispatch_core.worker import Worker
from tests.core.engine import ADA, Engine, decider

Tool = Callable[[StepContext, Mapping[str, Any]], Awaitable[StepResult]]


@asynccontextmanager
async def working(engine: Engine, tool: Tool, **offer: str) -> AsyncIterator[Worker]:
    """A worker whose one tool is `answer`."""
    tools = {ToolName.ANSWER: Offer(ToolName.ANSWER, tool, **offer)}
    worker = Worker(engine.desk, engine.files, Direct(), tools, name="w", slots=4, lease=0.3)
    task = asyncio.create_task(worker.run())
    yield worker
    await worker.close(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def until(engine: Engine, run_id: str, status: RunStatus) -> RunView:
    """The run, once it stands there."""
    async with asyncio.timeout(60):
        while (run := await engine.dispatcher.run(run_id)).status is not status:
            await engine.dispatcher.changes(0.1)
    return run


async def say_hello(_context: StepContext, arguments: Mapping[str, Any]) -> StepResult:
    return StepResult(status=StepStatus.DONE, text=f"hello, {arguments['text']}")


async def test_a_run_is_claimed_done_and_answered(engine: Engine) -> None:
    async with working(engine, say_hello):
        run_id = await engine.ask("hi")
        run = await until(engine, run_id, RunStatus.COMPLETED)
    assert "hello, hi" in run.answer


async def test_a_long_answer_stands_as_a_message_of_its_own(engine: Engine) -> None:
    async def long(_context: StepContext, _arguments: Mapping[str, Any]) -> StepResult:
        return StepResult(status=StepStatus.DONE, text="word " * 1_000)

    async with working(engine, long):
        run = await until(engine, await engine.ask(), RunStatus.COMPLETED)
    last = (await engine.dispatcher.thread(run.thread_key))[-1].body
    assert run.answer_apart
    assert getattr(last, "run_id", None) == run.id


async def test_live_output_and_artifacts_reach_the_thread(engine: Engine, tmp_path: Path) -> None:
    plot = tmp_path / "plot.txt"
    plot.write_text("data")
    shown = asyncio.Event()

    async def busy(context: StepContext, _arguments: Mapping[str, Any]) -> StepResult:
        await context.emit("half ")
        await context.emit("way")
        artifact = await context.save_artifact("plot.txt", plot)
        assert artifact.size_bytes == 4
        await shown.wait()
        return StepResult(status=StepStatus.DONE, text="ok")

    async with working(engine, busy):
        run_id = await engine.ask()
        async with asyncio.timeout(60):
            while (await engine.dispatcher.run(run_id)).output != "half way":
                await engine.dispatcher.changes(0.1)
        shown.set()
        run = await until(engine, run_id, RunStatus.COMPLETED)
    entries = await engine.dispatcher.thread(run.thread_key)
    (artifact,) = [e.body for e in entries if isinstance(e.body, ArtifactView)]
    _, path = await engine.dispatcher.open_artifact(artifact.id)
    assert path.read_text() == "data"
    assert "token=" in artifact.download_url


async def test_a_stop_cancels_the_tool_and_keeps_its_output(engine: Engine) -> None:
    started = asyncio.Event()

    async def endless(context: StepContext, _arguments: Mapping[str, Any]) -> StepResult:
        await context.emit("so far")
        started.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with working(engine, endless):
        run_id = await engine.ask()
        await started.wait()
        await engine.dispatcher.cancel(run_id, decider(ADA))
        run = await until(engine, run_id, RunStatus.CANCELLED)
    assert (run.reason, run.output, run.stopped_by) == (EndReason.STOPPED, "so far", ADA)


async def test_a_stop_that_takes_a_while_is_not_stopped_again(engine: Engine) -> None:
    started, stopping, may_end, tidied = [asyncio.Event() for _ in range(4)]

    async def slow_to_stop(_context: StepContext, arguments: Mapping[str, Any]) -> StepResult:
        if arguments["text"] != "slow":
            return StepResult(status=StepStatus.DONE, text="hello")
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopping.set()
            await may_end.wait()
            tidied.set()
        raise AssertionError

    async with working(engine, slow_to_stop):
        run_id = await engine.ask("slow")
        await started.wait()
        await engine.dispatcher.cancel(run_id, decider(ADA))
        await stopping.wait()
        # Another run lets the worker look again, and see the stop that is under way.
        await until(engine, await engine.ask("hi", thread="T1:C1:2"), RunStatus.COMPLETED)
        may_end.set()
        run = await until(engine, run_id, RunStatus.CANCELLED)
    assert run.reason is EndReason.STOPPED
    assert tidied.is_set()


async def test_a_shutdown_queues_what_was_active_again(engine: Engine) -> None:
    started = asyncio.Event()

    async def endless(_context: StepContext, _arguments: Mapping[str, Any]) -> StepResult:
        started.set()
        await asyncio.Event().wait()
        raise AssertionError

    run_id = await engine.ask("hi")
    async with working(engine, endless):
        await started.wait()
    assert (await engine.dispatcher.run(run_id)).status is RunStatus.QUEUED
    async with working(engine, say_hello):
        await until(engine, run_id, RunStatus.COMPLETED)


async def test_a_shutdown_does_not_wait_for_a_database_that_takes_nothing_back(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endless(_context: StepContext, _arguments: Mapping[str, Any]) -> StepResult:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    async def mute(_claim: Claim) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("dispatch_core.worker.GIVE_BACK_SECONDS", 0.1)
    monkeypatch.setattr(engine.desk, "give_back", mute)
    async with asyncio.timeout(60), working(engine, endless):
        await until(engine, await engine.ask("for ever"), RunStatus.RUNNING)


@pytest.mark.parametrize("error", [NoSandbox(why="bwrap is missing"), RuntimeError("boom")])
async def test_a_tool_that_breaks_ends_its_run_in_words_and_hurts_no_other(
    engine: Engine, error: Exception
) -> None:
    async def breaks(_context: StepContext, arguments: Mapping[str, Any]) -> StepResult:
        if arguments["text"] == "break":
            raise error
        return StepResult(status=StepStatus.DONE, text="fine")

    async with working(engine, breaks):
        broken = await until(engine, await engine.ask("break"), RunStatus.FAILED)
        await until(engine, await engine.ask("hi"), RunStatus.COMPLETED)
    assert broken.reason is EndReason.ERROR
    assert "boom" not in broken.answer


async def test_a_tool_that_cannot_be_had_says_why(engine: Engine) -> None:
    async with working(engine, say_hello, unavailable="There is no sandbox here."):
        run = await until(engine, await engine.ask(), RunStatus.FAILED)
    assert (run.reason, "no sandbox" in run.answer) == (EndReason.DENIED, True)


async def test_a_worker_whose_lease_was_lost_lets_go(engine: Engine) -> None:
    started, ended = asyncio.Event(), asyncio.Event()

    async def endless(_context: StepContext, _arguments: Mapping[str, Any]) -> StepResult:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        raise AssertionError

    async with working(engine, endless):
        run_id = await engine.ask()
        await started.wait()
        await engine.upkeep.recover_own()
        async with asyncio.timeout(60):
            await ended.wait()
    assert (await engine.dispatcher.run(run_id)).active


async def test_a_disk_that_fills_up_fails_the_run_in_words(engine: Engine) -> None:
    async def full(_context: StepContext, _arguments: Mapping[str, Any]) -> StepResult:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async with working(engine, full):
        run = await until(engine, await engine.ask(), RunStatus.FAILED)
    assert "(No space left on device); mend that, then retry." in run.answer


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("..", "file"),
        ("ü" * 200 + ".csv", "ü" * 125 + ".csv"),
        ("x" * 300, "x" * 255),
    ],
)
def test_an_attached_files_name_fits_into_one_folder(name: str, kept: str) -> None:
    assert safe_name(name) == kept
