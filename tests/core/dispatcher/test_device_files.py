"""A device takes the attached file that its step names: no other, no later, no stranger's."""

import asyncio
import dataclasses
from pathlib import Path

import pytest

from dispatch_core.errors import AttachmentUnavailable, LostClaim, NotFound
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import StepOrder, StepResult
from dispatch_core.views import AttachedFile, Submission
from tests.core.engine import ADA, Engine

THREAD = "T1:C1:1"


async def attach(engine: Engine, name: str, source: str, *, thread: str = THREAD) -> None:
    """A message that only brings a file."""
    engine.clock.move(seconds=1)
    file = AttachedFile(name, "text/csv", 3, source)
    message = Submission(thread, f"{thread}/{source}", ADA, "", engine.clock.now, files=(file,))
    await engine.dispatcher.submit(message)


def connect(engine: Engine) -> None:
    """A front end whose files hold the name that they are fetched by."""

    async def fetch(file: AttachedFile, to: Path) -> None:
        if file.source == "gone":
            raise OSError("it was deleted")
        await asyncio.to_thread(to.write_text, file.source)

    engine.dispatcher.parts = dataclasses.replace(engine.dispatcher.parts, fetch_file=fetch)


async def ordered(engine: Engine, name: str = "t.csv") -> tuple[str, StepOrder]:
    """The device's order to save a file, approved."""
    device = await engine.pair()
    engine.clock.move(seconds=1)
    run_id = await engine.ask(f"save {name} to ./data/", thread=THREAD)
    await engine.plan(await engine.claim())
    assert await engine.order(device) is None
    await engine.approve(await engine.approval_of(run_id))
    order = await engine.order(device)
    assert order is not None
    return device, order


async def taken(engine: Engine, device: str, order: StepOrder, name: str = "t.csv") -> str:
    path = await engine.dispatcher.attached_file(device, order.step_id, name)
    return path.read_text()


async def test_the_newest_file_of_the_name_is_taken_twice_over(engine: Engine) -> None:
    connect(engine)
    for source in ("old", "new"):
        await attach(engine, "t.csv", source)
    device, order = await ordered(engine)
    assert await taken(engine, device, order) == "new"
    assert await taken(engine, device, order) == "new"


async def test_case_counts_only_where_it_makes_a_difference(engine: Engine) -> None:
    connect(engine)
    await attach(engine, "T.csv", "capital")
    device, order = await ordered(engine)
    assert await taken(engine, device, order) == "capital"


async def test_a_file_that_came_after_the_step_was_asked_for_is_another(engine: Engine) -> None:
    connect(engine)
    await attach(engine, "t.csv", "approved")
    device, order = await ordered(engine)
    await attach(engine, "t.csv", "slipped in")
    assert await taken(engine, device, order) == "approved"


async def test_another_threads_file_is_not_there(engine: Engine) -> None:
    connect(engine)
    await attach(engine, "t.csv", "theirs", thread="T1:C1:2")
    device, order = await ordered(engine)
    with pytest.raises(NotFound, match=r"no file in this thread named t\.csv"):
        await taken(engine, device, order)


async def test_only_the_file_that_the_step_names_is_given(engine: Engine) -> None:
    connect(engine)
    for name in ("t.csv", "other.csv"):
        await attach(engine, name, name)
    device, order = await ordered(engine)
    with pytest.raises(NotFound):
        await taken(engine, device, order, "other.csv")


async def test_another_device_gets_nothing(engine: Engine) -> None:
    connect(engine)
    await attach(engine, "t.csv", "a")
    _, order = await ordered(engine)
    other = await engine.pair("desktop")
    with pytest.raises(LostClaim):
        await taken(engine, other, order)


async def test_nothing_is_given_before_the_step_begins_or_after_its_end(engine: Engine) -> None:
    connect(engine)
    await attach(engine, "t.csv", "a")
    device, order = await ordered(engine)
    done = StepResult(status=StepStatus.DONE)
    await engine.dispatcher.end_step(device, order.step_id, done)
    with pytest.raises(LostClaim):
        await taken(engine, device, order)


async def test_a_step_of_another_kind_takes_no_file(engine: Engine) -> None:
    connect(engine)
    await attach(engine, "t.csv", "a")
    device = await engine.pair()
    approval = await engine.ask_for_shell(thread=THREAD)
    await engine.approve(approval)
    order = await engine.order(device)
    assert order is not None
    with pytest.raises(NotFound):
        await taken(engine, device, order)


@pytest.mark.parametrize("connected", [True, False])
async def test_a_file_that_cannot_be_brought_is_told(engine: Engine, connected: bool) -> None:
    if connected:
        connect(engine)
    await attach(engine, "t.csv", "gone")
    device, order = await ordered(engine)
    with pytest.raises(AttachmentUnavailable, match="attach it again"):
        await taken(engine, device, order)
