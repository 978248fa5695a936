"""A device is killed, its core is killed, both are, or the line between them is cut and mended:
the command ran at most once, and its run ends with what is true."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from tests.acceptance.cut_off import CutOff
from tests.acceptance.driver import eventually
from tests.acceptance.local_slack import PATIENT, local_slack
from tests.acceptance.processes import Server
from tests.acceptance.scenarios import Stage

pytestmark = pytest.mark.processes

LEASE = 2
# What the card says of a run whose device no longer reports, once its lease is over.
NOTICED = "waiting for its turn"
QUICK = {"DISPATCH_LEASE": str(LEASE), "DISPATCH_APPROVERS": "U0ADA,U0GRACE"}


@asynccontextmanager
async def on_stage(tmp_path: Path, port: int) -> AsyncIterator[Stage]:
    companion = CutOff(tmp_path / "device", tmp_path / "reachable", port)
    async with (
        local_slack(port, pace=replace(PATIENT, redelivery=(0.2,) * 40)) as slack,
        await companion.open_gate(),
    ):
        server = Server(tmp_path / "server", port, slack.environment() | QUICK)
        try:
            await server.serve()
            yield Stage(slack, server, companion)
        finally:
            companion.mend()
            await kill_companion(companion)
            await server.stop()


@pytest.fixture
async def stage(tmp_path: Path, free_port: Callable[[], int]) -> AsyncIterator[Stage]:
    async with on_stage(tmp_path, free_port()) as opened:
        yield opened


def line_of(stage: Stage) -> CutOff:
    assert isinstance(stage.companion, CutOff)
    return stage.companion


async def kill_companion(companion: CutOff) -> None:
    """kill -9 of the companion itself, as well as of what holds its network."""
    if companion.alive:
        family = psutil.Process(companion.pid).children(recursive=True)
        for process in family:
            if "device_agent" in " ".join(process.cmdline()):
                process.kill()
    await companion.kill()


async def begun(stage: Stage, command: str) -> tuple[str, str, Path]:
    """Approve a command that leaves a line each time that it runs, and wait for the line."""
    mark = stage.companion.folder / "ran"
    channel, ts, pending = await stage.asked_for(f"echo once >> ran; {command}")
    await stage.slack.click(stage.ada, channel, pending, "Approve")
    await eventually(lambda: asyncio.to_thread(mark.exists), "the command to begin")
    return channel, ts, mark


async def ran_once(mark: Path) -> bool:
    return await asyncio.to_thread(mark.read_text) == "once\n"


async def test_both_are_killed_in_the_middle_of_a_command(stage: Stage) -> None:
    channel, ts, mark = await begun(stage, "sleep 600")
    await asyncio.gather(stage.server.kill(), kill_companion(line_of(stage)))
    await stage.server.serve()
    await stage.companion.start("device_agent", "run")
    card = await stage.says(channel, ts, "failed", "desktop-local", "it was not done again")
    assert "completed" not in card.words
    assert await ran_once(mark)


async def test_the_network_is_cut_while_a_command_runs_and_mended_before_its_end(
    stage: Stage,
) -> None:
    channel, ts, mark = await begun(
        stage, "until [ -e go ]; do sleep 0.1; done; echo done-$((6*7))"
    )
    await line_of(stage).cut()
    cut_at = time.monotonic()
    await stage.says(channel, ts, "desktop-local", NOTICED)
    noticed = time.monotonic() - cut_at
    line_of(stage).mend()
    await asyncio.to_thread((stage.companion.folder / "go").touch)
    await stage.says(channel, ts, "completed", "done-42")
    assert await ran_once(mark)
    print(f"noticed after {noticed:.1f} s, with a lease of {LEASE} s")  # noqa: T201 (the report)


async def test_a_command_ends_while_the_network_is_cut(stage: Stage) -> None:
    ended = stage.companion.folder / "ended"
    channel, ts, mark = await begun(
        stage, "until [ -e go ]; do sleep 0.1; done; echo done-$((6*7)); touch ended"
    )
    await line_of(stage).cut()
    await asyncio.to_thread((stage.companion.folder / "go").touch)
    await eventually(lambda: asyncio.to_thread(ended.exists), "the command to end")
    await stage.says(channel, ts, "desktop-local", NOTICED)
    line_of(stage).mend()
    await stage.says(channel, ts, "completed", "done-42")
    assert await ran_once(mark)


async def test_a_decision_that_falls_while_the_network_is_cut_runs_once_after_it(
    stage: Stage,
) -> None:
    channel, ts, pending = await stage.asked_for("echo once >> ran; echo done-$((6*7))")
    await line_of(stage).cut()
    await stage.slack.click(stage.ada, channel, pending, "Approve")
    await stage.says(channel, ts, "Approved")
    line_of(stage).mend()
    await stage.says(channel, ts, "completed", "done-42")
    assert await ran_once(stage.companion.folder / "ran")


async def test_a_device_that_never_comes_back_is_told_as_what_it_is(stage: Stage) -> None:
    channel, ts, mark = await begun(stage, "sleep 600")
    await kill_companion(line_of(stage))
    # Only now: until here it may take all the time that it needs.
    await stage.server.kill()
    stage.server.tell(DISPATCH_DEVICE_WAIT="1")
    await stage.server.serve()
    card = await stage.says(channel, ts, "failed", "what came of it is not known")
    assert "completed" not in card.words
    assert await ran_once(mark)
