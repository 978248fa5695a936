"""What the clock finds due when processes start: devices are spared where all were away, once."""

from pathlib import Path

import pytest

from dispatch_core.lifecycle import RunStatus
from tests.core.engine import Engine, open_engine


async def at_a_device(engine: Engine) -> str:
    """A run that a device is at."""
    device = await engine.pair()
    approval = await engine.ask_for_shell()
    await engine.approve(approval)
    assert await engine.order(device, 0) is not None
    return approval.run_id


async def still_held(engine: Engine, run_id: str) -> bool:
    await engine.upkeep.recover_lost()
    return (await engine.dispatcher.run(run_id)).status is RunStatus.RUNNING


async def test_a_device_is_heard_for_a_whole_lease_after_all_were_away(engine: Engine) -> None:
    run_id = await at_a_device(engine)
    lease = engine.upkeep.settings.lease
    engine.clock.move(seconds=10 * lease)
    await engine.upkeep.spare_leases()
    engine.clock.move(seconds=lease - 1)
    assert await still_held(engine, run_id)
    engine.clock.move(seconds=2)
    assert not await still_held(engine, run_id)


async def test_processes_that_start_again_and_again_keep_no_dead_devices_run(
    processes: tuple[Engine, Engine],
) -> None:
    one, other = processes
    run_id = await at_a_device(one)
    held = []
    for _ in range(4):
        one.clock.move(seconds=one.upkeep.settings.lease / 3 + 1)
        held.append(await still_held(one, run_id))
        await other.upkeep.spare_leases()
    assert held == [True, True, False, False]


async def test_no_core_worker_is_spared(processes: tuple[Engine, Engine]) -> None:
    one, other = processes
    run_id = await one.ask()
    await one.claim()
    one.clock.move(seconds=10 * one.upkeep.settings.lease)
    await other.upkeep.spare_leases()
    assert not await still_held(one, run_id)


@pytest.mark.parametrize("lease", [2, 15])
async def test_an_only_owner_spares_a_device_whose_lease_has_not_run_out_yet(
    home: Path, lease: float
) -> None:
    async with open_engine(home, lease=lease) as engine:
        run_id = await at_a_device(engine)
        engine.clock.move(seconds=lease - 0.5)
        await engine.upkeep.spare_leases()
        engine.clock.move(seconds=lease - 0.5)
        assert await still_held(engine, run_id)
