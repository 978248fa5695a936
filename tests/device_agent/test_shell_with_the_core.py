"""A command at a terminal, asked for, approved, answered from its thread, and gone on from."""

import pytest

from dispatch_core.errors import MayNotWrite, NothingReads
from dispatch_core.lifecycle import ApprovalStatus, RunStatus
from dispatch_core.views import ApprovalView, ArtifactView, Decider, Decision, RunView
from tests.device_agent.test_with_the_core import (
    ADA,
    THREAD,
    House,
    eventually,
    house,  # noqa: F401 (a fixture)
)

pytestmark = pytest.mark.processes


async def approved(house: House) -> ApprovalView:  # noqa: F811
    """The thread's open approval, approved."""

    async def pending() -> ApprovalView | None:
        entries = await house.service.dispatcher.thread(THREAD)
        bodies = [entry.body for entry in entries if isinstance(entry.body, ApprovalView)]
        return next((body for body in bodies if body.status is ApprovalStatus.PENDING), None)

    approval: ApprovalView = await eventually(pending)
    await house.service.dispatcher.decide(approval.id, Decision.APPROVE, Decider(ADA))
    return approval


async def shows(house: House, run_id: str, words: str) -> RunView:  # noqa: F811
    async def output() -> RunView | None:
        run = await house.service.dispatcher.run(run_id)
        return run if words in run.output else None

    run: RunView = await eventually(output)
    return run


async def test_a_command_is_answered_from_its_thread_which_goes_on_where_it_ended(
    house: House,  # noqa: F811
) -> None:
    await house.pair()
    await house.start()
    (house.shared / "sub").mkdir()
    run_id = await house.ask("tty $ cd sub; read -p 'name? ' name; echo \"hello $name\"")
    approval = await approved(house)
    assert "a terminal of its own" in str(approval)
    run = await shows(house, run_id, "name?")
    assert "write `> text` here to answer it" in run.activity
    write = house.service.dispatcher.write_input
    with pytest.raises(MayNotWrite):
        await write(THREAD, ["Mallory"], Decider("T1:U9"), "T1:C1:8")
    assert await write(THREAD, ["Ada"], Decider(ADA), "T1:C1:9")
    run = await house.ended(run_id)
    assert run.status is RunStatus.COMPLETED, run.answer
    assert "hello Ada" in run.answer
    assert f"this thread is in {house.shared}/sub now" in run.answer
    with pytest.raises(NothingReads):
        await write(THREAD, ["late"], Decider(ADA), "T1:C1:10")
    next_id = await house.ask("$ pwd; head -c 400000 /dev/zero | tr '\\0' x")
    assert f"It starts in {house.shared}/sub" in str(await approved(house))
    run = await house.ended(next_id)
    assert f"{house.shared}/sub\n" in run.answer
    assert "the whole output is in output.txt" in run.answer
    assert (await house.entry(ArtifactView)).name == "output.txt"
