"""What is old is forgotten whole; what is young, or still active, stays."""

from pathlib import Path

from dispatch_core.lifecycle import EndReason
from dispatch_core.planning.planner import Finish
from tests.core.engine import Engine


async def test_an_old_run_goes_with_all_that_hangs_on_it(engine: Engine, tmp_path: Path) -> None:
    old = await engine.ask("hello", thread="T1:C1:1")
    work = await engine.plan(await engine.claim())
    assert work is not None
    kept = tmp_path / "a.txt"
    kept.write_text("bytes")
    await engine.files.save_artifact(work.claim, work.steps[0].id, "a.txt", kept)
    await engine.desk.finish(work.claim, Finish(EndReason.DONE, "x" * 2_000))
    engine.clock.move(days=91)
    young = await engine.ask("hello", thread="T1:C1:2")
    await engine.upkeep.forget_old()
    assert await engine.dispatcher.thread("T1:C1:1") == ()
    assert not await engine.dispatcher.knows_thread("T1:C1:1")
    assert (await engine.dispatcher.run(young)).active
    assert old != young
