"""Grants, on both databases: what covers a step, and what does so no more."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dispatch_core.records import devices, grants
from dispatch_core.records.transaction import Transaction
from tests.core.engine import ADA, GRACE, START, Engine
from tests.core.records.stopping import both_at_once

HERE, THERE, KEY = "thread-1", "thread-2", "shell git status"
DAY = timedelta(days=1)
BROKEN = (
    'UPDATE "grant" SET revoked_at = made_at',
    """UPDATE "grant" SET revoked_by = 'somebody'""",
    'UPDATE "grant" SET uses = -1',
)


async def give(engine: Engine, device: str, thread: str | None = None, **facts: Any) -> str:
    """Ada grants KEY on a device, for a day."""
    known = {"words": "git status", "tool": "shell", "approval_id": "a1", "made_by": ADA}
    new = grants.NewGrant(
        **({"device_id": device, "thread_id": thread, "key": KEY, "expires_at": START + DAY}
           | known | facts)
    )  # fmt: skip
    return await engine.store.write(lambda tx: grants.give(tx, new))


async def covers(engine: Engine, device: str, thread: str = HERE, key: str = KEY) -> str | None:
    """The id of the grant that covers it, if one does."""

    def look(tx: Transaction) -> str | None:
        row = grants.covering(tx, device, thread, key)
        return row and str(row.id)

    return await engine.store.write(look)


async def test_a_grant_covers_its_key_on_its_device_in_its_thread(engine: Engine) -> None:
    device, other = await engine.pair(), await engine.pair("desktop")
    given = await give(engine, device, HERE)
    assert await covers(engine, device) == given
    assert await covers(engine, device, THERE) is None
    assert await covers(engine, other) is None
    for key in (KEY + " ", KEY.upper(), "", "shell git"):
        assert await covers(engine, device, key=key) is None
    always = await give(engine, device)
    assert await covers(engine, device, THERE) == always


async def test_each_use_is_counted(engine: Engine) -> None:
    device = await engine.pair()
    await give(engine, device)
    for minutes in (0, 5):
        engine.clock.move(minutes=minutes)
        await covers(engine, device)
    [grant] = await engine.dispatcher.grants_on(device)
    assert (grant.uses, grant.last_used_at) == (2, engine.clock.now)


async def test_the_one_that_lasts_longest_is_used(engine: Engine) -> None:
    device = await engine.pair()
    await give(engine, device)
    longer = await give(engine, device, expires_at=START + 2 * DAY)
    assert await covers(engine, device) == longer


@pytest.mark.parametrize(("seconds", "stands"), [(-1, True), (0, False), (1, False)])
async def test_it_ends_at_its_end(engine: Engine, seconds: int, stands: bool) -> None:
    device = await engine.pair()
    await give(engine, device)
    engine.clock.now = START + DAY + timedelta(seconds=seconds)
    assert (await covers(engine, device) is not None) is stands
    assert bool(await engine.dispatcher.grants_on(device)) is stands


async def test_a_revoked_device_s_grants_are_void(engine: Engine) -> None:
    device = await engine.pair()
    await give(engine, device)
    await engine.store.write(lambda tx: devices.revoke(tx, device))
    assert await covers(engine, device) is None
    assert await engine.store.read(lambda tx: grants.of_device(tx, device)) == []
    assert await engine.store.read(lambda tx: grants.of_person(tx, ADA)) == []


async def test_it_is_revoked_once(engine: Engine) -> None:
    device = await engine.pair()
    given = await give(engine, device)
    revoked = [
        await engine.store.write(lambda tx, who=who: grants.revoke(tx, given, who))
        for who in (ADA, GRACE)
    ]
    assert revoked == [True, False]
    view = await engine.store.read(lambda tx: grants.find(tx, given))
    assert view is not None
    assert view.revoked_by == ADA
    assert await covers(engine, device) is None


async def test_a_grant_that_is_revoked_while_it_is_looked_up_covers_nothing_after(
    processes: tuple[Engine, Engine],
) -> None:
    one, other = processes
    device = await one.pair()
    given = await give(one, device)

    async def revoke() -> bool:
        return await one.store.write(lambda tx: grants.revoke(tx, given, ADA))

    assert await both_at_once(one, revoke(), covers(other, device)) == [True, None]


async def test_a_revocation_names_its_person_and_uses_are_counted_upward(engine: Engine) -> None:
    await give(engine, await engine.pair())
    for broken in BROKEN:
        with pytest.raises(IntegrityError):
            await engine.store.write(lambda tx, b=broken: tx.connection.execute(text(b)))
