"""Devices, codes and nonces, on both databases: what is used up is used up."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dispatch_core.device_errors import DeviceNameTaken, PairingRefused
from dispatch_core.records import devices, secrets
from dispatch_core.records.transaction import Transaction
from tests.core.engine import ADA, GRACE, Engine


async def add_code(engine: Engine, code: str, minutes: float = 10) -> None:
    def add(tx: Transaction) -> None:
        devices.add_code(tx, code, ADA, "notice", tx.now + timedelta(minutes=minutes))

    await engine.store.write(add)


async def use(engine: Engine, code: str) -> Any:
    return await engine.store.write(lambda tx: devices.use_code(tx, code))


async def test_a_code_is_good_once_and_for_its_time(engine: Engine) -> None:
    await add_code(engine, "c1")
    await add_code(engine, "c2")
    assert await engine.store.read(lambda tx: devices.open_codes(tx, ADA)) == 2
    used = await use(engine, "c1")
    assert (used.owner, used.notice_key) == (ADA, "notice")
    assert await use(engine, "c1") is None
    assert await use(engine, "unknown") is None
    engine.clock.move(minutes=10)
    assert await use(engine, "c2") is None
    assert await engine.store.read(lambda tx: devices.open_codes(tx, ADA)) == 0


async def test_a_code_is_not_used_up_by_a_pairing_that_was_refused(engine: Engine) -> None:
    await engine.pair("laptop")
    code = (await engine.dispatcher.offer_pairing(ADA, "notice")).code
    with pytest.raises(DeviceNameTaken):
        await engine.redeem(code, "laptop")
    assert await engine.redeem(code, "desktop")
    with pytest.raises(PairingRefused):
        await engine.redeem(code, "third")


async def test_a_name_is_free_again_once_its_device_is_removed(engine: Engine) -> None:
    first = await engine.pair("laptop")
    await engine.dispatcher.remove_device(first, ADA)
    second = await engine.pair("laptop")
    assert [view.id for view in await engine.dispatcher.devices(ADA)] == [second]
    assert await engine.store.read(lambda tx: devices.paired(tx, first)) is None
    assert not await engine.store.write(lambda tx: devices.revoke(tx, first))


async def test_two_living_devices_of_one_person_never_share_a_name(engine: Engine) -> None:
    await engine.pair("laptop")
    await engine.pair("desktop")
    await engine.pair("laptop", by=GRACE)
    with pytest.raises(IntegrityError):
        await engine.store.write(
            lambda tx: tx.connection.execute(text("UPDATE device SET name = 'laptop'"))
        )


async def test_a_nonce_is_good_once_for_each_device(engine: Engine) -> None:
    def take(tx: Transaction) -> list[bool]:
        pairs = [("d1", "n"), ("d1", "n"), ("d2", "n"), ("d1", "m")]
        return [devices.use_nonce(tx, device, nonce) for device, nonce in pairs]

    assert await engine.store.write(take) == [True, False, True, True]


async def test_nonces_and_codes_are_forgotten_when_they_are_of_no_use(engine: Engine) -> None:
    await add_code(engine, "c1", minutes=0)
    await engine.store.write(lambda tx: devices.use_nonce(tx, "d", "old"))
    engine.clock.move(minutes=30)
    await engine.store.write(lambda tx: devices.use_nonce(tx, "d", "young"))
    await engine.upkeep.forget_old()

    def left(tx: Transaction) -> list[Any]:
        query = "SELECT nonce FROM nonce UNION ALL SELECT code_sha256 FROM pairing_code"
        return list(tx.connection.scalars(text(query)))

    assert await engine.store.read(left) == ["young"]


async def test_when_a_device_was_heard_of_is_kept(engine: Engine) -> None:
    device = await engine.pair()
    assert await engine.store.write(lambda tx: devices.seen(tx, device)) is None
    then = engine.clock.now
    engine.clock.move(seconds=1)
    assert await engine.store.write(lambda tx: devices.seen(tx, device)) == then


async def test_a_key_of_the_installation_is_made_once(engine: Engine) -> None:
    async def key(name: str) -> bytes:
        return await engine.store.write(lambda tx: secrets.find_or_make(tx, name))

    links = await key("links")
    assert len(links) == 32
    assert await key("links") == links != await key("other")
