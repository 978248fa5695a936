"""A command at a terminal, asked for, approved, answered from its thread, and gone on from."""

import pytest

from dispatch_core.errors import MayNotWrite, NothingReads
from dispatch_core.views import Decider, RunView
from tests.device_agent.waiting import until
from tests.device_agent.whole_way import ADA, THREAD, House

pytestmark = pytest.mark.processes


async def shows(house: House, run_id: str, words: str) -> RunView:
    async def output() -> RunView | None:
        run = await house.dispatcher.run(run_id)
        return run if words in run.output else None

    return await until(output)


async def test_a_command_is_answered_from_its_thread_which_goes_on_where_it_ended(
    house: House,
) -> None:
    await house.pair()
    await house.start()
    (house.shared / "sub").mkdir()
    run_id = await house.ask("tty $ cd sub; read -p 'name? ' name; echo \"hello $name\"")
    assert "a terminal of its own" in str(await house.approve(run_id))
    run = await shows(house, run_id, "name?")
    assert "write `> text` here to answer it" in run.activity
    write = house.dispatcher.write_input
    with pytest.raises(MayNotWrite):
        await write(THREAD, ["Mallory"], Decider("T1:U9"), "T1:C1:8")
    assert await write(THREAD, ["Ada"], Decider(ADA), "T1:C1:9")
    answer = await house.answer(run_id)
    assert "hello Ada" in answer
    assert f"this thread is in {house.shared}/sub now" in answer
    with pytest.raises(NothingReads):
        await write(THREAD, ["late"], Decider(ADA), "T1:C1:10")
    next_id = await house.ask("$ pwd; head -c 400000 /dev/zero | tr '\\0' x")
    assert f"It starts in {house.shared}/sub" in str(await house.approve(next_id))
    run = await house.ended(next_id)
    assert f"{house.shared}/sub\n" in run.answer
    assert "the whole output is in output.txt" in run.answer
    assert (await house.artifact("output.txt")).size_bytes > 400_000
