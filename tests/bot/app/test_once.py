"""One piece of work for each key."""

import asyncio

import pytest

from bot.incoming.once import Once


async def test_what_comes_twice_at_once_is_done_once() -> None:
    once, done = Once(), []
    go = asyncio.Event()

    async def work() -> None:
        await go.wait()
        done.append(1)

    both = asyncio.gather(once.do("a", work), once.do("a", work))
    go.set()
    await both
    await once.do("a", work)
    assert done == [1]


async def test_who_waited_takes_over_when_the_first_fails() -> None:
    once, tries = Once(), []

    async def work() -> None:
        tries.append(1)
        await asyncio.sleep(0)
        if len(tries) == 1:
            raise RuntimeError("once")

    first, second = await asyncio.gather(
        once.do("a", work), once.do("a", work), return_exceptions=True
    )
    assert isinstance(first, RuntimeError)
    assert second is None
    assert len(tries) == 2


async def test_a_key_is_awaited_until_its_work_begins() -> None:
    once = Once()

    async def work() -> None:
        return None

    waiting = asyncio.create_task(once.comes("a", 5))
    await asyncio.sleep(0)
    await once.do("a", work)
    assert await waiting
    assert await once.comes("a", 0)


async def test_a_key_that_does_not_come_is_given_up() -> None:
    assert not await Once().comes("a", 0.01)


@pytest.mark.parametrize("remembered", [1, 3])
async def test_only_so_many_keys_are_remembered(remembered: int) -> None:
    once, done = Once(remembered), []

    async def work() -> None:
        done.append(1)

    for key in ("a", "b", "c", "a"):
        await once.do(key, work)
    assert len(done) == (4 if remembered == 1 else 3)
