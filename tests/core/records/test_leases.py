"""Leases by name: one owner at a time, judged by the database's clock, on both databases."""

import asyncio

from dispatch_core.records import leases
from dispatch_core.records.transaction import Transaction
from tests.core.engine import Engine

NAME = "announcer"


async def take(engine: Engine, owner: str, seconds: float = 6, *, alone: bool = False) -> bool:
    return await engine.store.write(lambda tx: leases.take(tx, NAME, owner, seconds, alone=alone))


async def renew(engine: Engine, owner: str) -> bool:
    return await engine.store.write(lambda tx: leases.renew(tx, NAME, owner, 6))


async def holds(engine: Engine, owner: str) -> bool:
    return await engine.store.read(lambda tx: leases.holds(tx, NAME, owner))


async def is_free(engine: Engine) -> bool:
    return await engine.store.read(lambda tx: leases.is_free(tx, NAME))


def woken_by_another(tx: Transaction) -> set[str]:
    """Whom it wakes when one who does not hold the lease gives it up."""
    leases.give_up(tx, NAME, "b")
    return set(tx.topics)


async def test_of_many_who_ask_at_once_one_gets_it(engine: Engine) -> None:
    assert await is_free(engine)
    taken = await asyncio.gather(*[take(engine, f"p{number}") for number in range(10)])
    assert taken.count(True) == 1
    assert not await is_free(engine)


async def test_it_is_free_again_once_it_ran_out(engine: Engine) -> None:
    assert await take(engine, "a")
    engine.clock.move(seconds=5.9)
    assert not await take(engine, "b")
    engine.clock.move(seconds=0.1)
    assert await is_free(engine)
    assert await take(engine, "b")
    assert not await renew(engine, "a")
    assert await holds(engine, "b")


async def test_a_renewal_counts_from_now(engine: Engine) -> None:
    await take(engine, "a")
    engine.clock.move(seconds=5)
    assert await renew(engine, "a")
    engine.clock.move(seconds=5)
    assert not await take(engine, "b")


async def test_a_lease_that_ran_out_and_that_nobody_took_is_still_its_owners(
    engine: Engine,
) -> None:
    await take(engine, "a")
    engine.clock.move(hours=1)
    assert await holds(engine, "a")
    assert await renew(engine, "a")
    assert not await is_free(engine)


async def test_a_clock_that_is_set_back_a_day_holds_nobody_up(engine: Engine) -> None:
    engine.clock.move(days=1)
    await take(engine, "a")
    engine.clock.move(days=-1)
    assert await is_free(engine)
    assert await take(engine, "b")
    assert not await take(engine, "c")


async def test_who_was_given_no_answer_may_ask_again(engine: Engine) -> None:
    assert await take(engine, "a")
    assert await take(engine, "a")


async def test_who_lost_it_does_not_get_it_back_by_renewing(engine: Engine) -> None:
    await take(engine, "a")
    engine.clock.move(seconds=6)
    await take(engine, "b")
    await engine.store.write(lambda tx: leases.give_up(tx, NAME, "b"))
    assert not await renew(engine, "a")
    assert await is_free(engine)


async def test_giving_it_up_wakes_who_waits_and_anothers_is_left_alone(engine: Engine) -> None:
    await take(engine, "a")
    with engine.store.signals.listen(leases.lease_topic(NAME)) as ear:
        assert await engine.store.write(woken_by_another) == set()
        assert await holds(engine, "a")
        await engine.store.write(lambda tx: leases.give_up(tx, NAME, "a"))
        assert await ear.wait(30)
    assert await take(engine, "b")


async def test_the_only_owner_of_a_database_takes_it_from_its_dead_self(engine: Engine) -> None:
    await take(engine, "before the restart")
    assert await take(engine, "after it", alone=True)
    assert not await holds(engine, "before the restart")


async def test_leases_of_other_names_are_other_leases(engine: Engine) -> None:
    await take(engine, "a")
    assert await engine.store.write(lambda tx: leases.take(tx, "another", "b", 6))
