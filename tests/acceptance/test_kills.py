"""kill -9 of a real server at the worst moments: nothing is lost, doubled or done twice."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.local_workspace.workspace import LocalWorkspace
from tests.acceptance.driver import Message, eventually, thread
from tests.acceptance.local_slack import PATIENT, local_slack
from tests.acceptance.processes import Companion, Server
from tests.acceptance.scenarios import Stage

pytestmark = pytest.mark.processes

# A lease so short that a test need not wait; a process that is alive renews it all the same.
QUICK = {"DISPATCH_LEASE": "2", "DISPATCH_APPROVERS": "U0ADA,U0GRACE"}
ROUTES = re.compile("inline|cloud-code|cloud-knowledge|desktop-local")
SLOW_CODE = """```python
import time
print("begun", flush=True)
time.sleep(3)
print("ended")
```"""


@asynccontextmanager
async def on_stage(tmp_path: Path, port: int) -> AsyncIterator[Stage]:
    """A Slack that outlives the server, a server that is ready, and a companion to pair."""
    companion = Companion(tmp_path / "device", tmp_path / "reachable")
    async with local_slack(port, pace=replace(PATIENT, redelivery=(0.2,) * 40)) as slack:
        server = Server(tmp_path / "server", port, slack.environment() | QUICK)
        try:
            await server.serve()
            yield Stage(slack, server, companion)
        finally:
            await companion.stop()
            await server.stop()


@pytest.fixture
async def stage(tmp_path: Path, free_port: Callable[[], int]) -> AsyncIterator[Stage]:
    async with on_stage(tmp_path, free_port()) as opened:
        yield opened


def workspace_of(stage: Stage) -> LocalWorkspace:
    return stage.slack.workspace  # type: ignore[attr-defined, no-any-return]


async def nothing_is_posted_twice(stage: Stage, channel: str, ts: str) -> list[Message]:
    """Each entry of the thread stands there once; returns the thread."""
    seen = await thread(stage.slack, stage.ada, channel, ts)
    entries = [
        message.raw["metadata"]["event_payload"]["entry_id"]
        for message in seen
        if message.raw.get("metadata")
    ]
    files = [name for message in seen for name in message.file_names]
    doubled = [one for one, count in Counter([*entries, *files]).items() if count > 1]
    assert not doubled, doubled
    return seen


def one_card(seen: list[Message]) -> Message:
    """The one card of the one run."""
    cards = [m for m in seen if ROUTES.search(m.words) and "asked by" in m.words]
    assert len(cards) == 1, [m.words for m in cards]
    return cards[0]


async def test_after_an_event_is_acknowledged(stage: Stage) -> None:
    channel, ts = await stage.ask("hello")
    await workspace_of(stage).slack.outbound.quiet()
    await stage.server.kill()
    await stage.server.serve()
    await stage.says(channel, ts, "completed", "inline")
    one_card(await nothing_is_posted_twice(stage, channel, ts))


async def test_before_an_event_is_acknowledged(stage: Stage) -> None:
    await stage.server.kill()
    channel, ts = await stage.ask("hello")
    await stage.server.serve()
    await stage.says(channel, ts, "completed", "inline")
    one_card(await nothing_is_posted_twice(stage, channel, ts))


async def test_while_a_run_is_running(stage: Stage) -> None:
    channel, ts = await stage.ask(SLOW_CODE)
    await stage.says(channel, ts, "running", "begun")
    await stage.server.kill()
    await stage.server.serve()
    await stage.says(channel, ts, "completed", "ended")
    one_card(await nothing_is_posted_twice(stage, channel, ts))


async def test_while_a_run_waits_for_its_approval(stage: Stage) -> None:
    mark = stage.companion.folder / "ran"
    channel, ts, pending = await stage.asked_for(f"echo once >> {mark}")
    await stage.server.kill()
    await stage.server.serve()
    await stage.slack.click(stage.ada, channel, pending, "Approve")
    await stage.says(channel, ts, "completed", "desktop-local")
    one_card(await nothing_is_posted_twice(stage, channel, ts))
    assert await asyncio.to_thread(mark.read_text) == "once\n"


async def test_just_after_approve(stage: Stage) -> None:
    mark = stage.companion.folder / "ran"
    channel, ts, pending = await stage.asked_for(f"echo once >> {mark}")
    await stage.slack.click(stage.ada, channel, pending, "Approve")
    await stage.server.kill()
    await stage.server.serve()
    await stage.says(channel, ts, "completed", "desktop-local")
    seen = await nothing_is_posted_twice(stage, channel, ts)
    one_card(seen)
    assert any("Approved" in message.words for message in seen)
    assert await asyncio.to_thread(mark.read_text) == "once\n"


async def test_while_the_device_runs_a_command(stage: Stage) -> None:
    mark = stage.companion.folder / "ran"
    channel, ts, pending = await stage.asked_for(f"echo once >> {mark}; sleep 4; echo ended")
    await stage.slack.click(stage.ada, channel, pending, "Approve")
    await eventually(lambda: asyncio.to_thread(mark.exists), "the command to begin")
    await stage.server.kill()
    await stage.server.serve()
    await stage.says(channel, ts, "completed", "ended")
    one_card(await nothing_is_posted_twice(stage, channel, ts))
    assert await asyncio.to_thread(mark.read_text) == "once\n"


async def test_the_device_dies_in_the_middle_of_a_command(stage: Stage) -> None:
    mark = stage.companion.folder / "ran"
    channel, ts, pending = await stage.asked_for(f"echo once >> {mark}; sleep 600")
    await stage.slack.click(stage.ada, channel, pending, "Approve")
    await eventually(lambda: asyncio.to_thread(mark.exists), "the command to begin")
    await stage.companion.kill()
    await stage.companion.start("device_agent", "run")
    card = await stage.says(channel, ts, "failed", "desktop-local")
    assert "completed" not in card.words
    assert await asyncio.to_thread(mark.read_text) == "once\n"


async def test_between_a_post_and_its_record(stage: Stage) -> None:
    workspace = workspace_of(stage)
    await stage.says(*await stage.ask("hi"), "completed")
    await stage.slack.fault("lost_answer")  # type: ignore[attr-defined]
    channel, ts = await stage.ask("hello")
    await workspace.wait_until(lambda: len(workspace.thread(channel, ts)) > 1)
    await stage.server.kill()
    await stage.slack.fault("lost_answer", False)  # type: ignore[attr-defined]
    await stage.server.serve()
    await stage.says(channel, ts, "completed", "inline")
    one_card(await nothing_is_posted_twice(stage, channel, ts))


async def test_between_an_upload_and_its_record(stage: Stage) -> None:
    workspace = workspace_of(stage)
    channel, ts = await stage.ask("```python\nopen('a.txt', 'w').write('a')\n```")
    await workspace.wait_until(lambda: workspace.calls.to("files.completeUploadExternal"))
    await stage.server.kill()
    await stage.server.serve()
    await stage.says(channel, ts, "completed", "cloud-code")
    await stage.reply(channel, ts, lambda m: "a.txt" in m.file_names, "a.txt")
    one_card(await nothing_is_posted_twice(stage, channel, ts))
