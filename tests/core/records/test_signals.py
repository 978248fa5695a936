"""Signals wake who listens, in this process, and nothing falls between a look and a wait."""

import asyncio

from dispatch_core.records.signals import Signals


async def test_a_signal_between_a_look_and_a_wait_is_not_lost() -> None:
    signals = Signals()
    with signals.listen("work") as ear:
        signals.fire(["work"])
        assert await ear.wait(30)
        assert not await ear.wait(0)


async def test_a_signal_wakes_all_who_listen_to_its_topic_and_nobody_else() -> None:
    signals = Signals()
    with signals.listen("work", "stops") as one, signals.listen("work") as other:
        signals.fire(["stops"])
        assert await one.wait(30)
        assert not await other.wait(0)


async def test_who_must_look_for_himself_is_woken_by_any_signal_to_all() -> None:
    signals = Signals()
    with signals.listen("work") as one, signals.listen("stops") as other:
        signals.fire_all()
        assert await one.wait(30)
        assert await other.wait(30)


async def test_who_left_is_forgotten() -> None:
    signals = Signals()
    for _ in range(3):
        with signals.listen("desk:d1"):
            pass
    assert not signals._listeners


async def test_a_wait_ends_by_its_time_or_for_a_reason_of_its_own() -> None:
    signals = Signals()
    with signals.listen("work") as ear:
        waiting = asyncio.create_task(ear.wait(30))
        await asyncio.sleep(0)
        ear.wake()
        assert await waiting
        assert not await ear.wait(0.001)
