"""What one process signals wakes the others: by NOTIFY, and by looking where nothing is heard."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dispatch_core.records import listening
from dispatch_core.records.transaction import Transaction, desk_topic
from tests.core import postgres
from tests.core.engine import Engine, open_engine
from tests.core.records.stopping import PATIENCE, until
from tests.stopwatch import Stopwatch

Two = tuple[Engine, Engine]


def cut_off_all(server: postgres.Server) -> None:
    """Let the server close every connection, as a restart would."""
    address = f"host={server.folder} user=dispatch dbname=postgres"
    everybody = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    )
    with psycopg.connect(address) as admin:
        admin.execute(f"{everybody} AND backend_type = 'client backend'")


def hears(engine: Engine) -> bool:
    listener = engine.store.listener
    return listener is not None and listener.hears


@pytest.fixture
async def hearing(processes: Two) -> Two:
    """Two processes that hear each other."""
    await until(lambda: all(map(hears, processes)))
    return processes


@pytest.fixture
def both(hearing: Two, monkeypatch: pytest.MonkeyPatch) -> Two:
    """The same, and neither looks by itself: what wakes one of them is what the other told."""
    monkeypatch.setattr(listening, "POLL_SECONDS", 3_600.0)
    return hearing


def signal(*topics: str) -> Callable[[Transaction], None]:
    def piece(tx: Transaction) -> None:
        for topic in topics:
            tx.signal(topic)

    return piece


async def test_work_queued_in_one_process_wakes_the_worker_of_another(both: Two) -> None:
    one, other = both
    with other.desk.listen() as ear:
        await one.ask()
        assert await ear.wait(PATIENCE)
    assert await other.desk.claim("worker-2", 1)


async def test_a_devices_poll_in_one_process_gets_the_work_approved_in_another(both: Two) -> None:
    one, other = both
    device = await one.pair()
    approval = await one.ask_for_shell()
    polling = asyncio.create_task(other.order(device, PATIENCE))
    await one.approve(approval)
    order = await polling
    assert order is not None
    assert order.run_id == approval.run_id


async def test_a_process_ignores_its_own_echo(both: Two) -> None:
    one, other = both
    with (
        one.store.signals.listen("mine", "theirs") as ear,
        other.store.signals.listen("mine") as far,
    ):
        await one.store.write(signal("mine"))
        assert await ear.wait(PATIENCE)
        assert await far.wait(PATIENCE)
        # Later than its own by one trip through the server, so an echo would have come by now.
        await other.store.write(signal("theirs"))
        assert await ear.wait(PATIENCE)
        assert not await ear.wait(0)


async def test_a_batch_with_more_topics_than_a_payload_holds_wakes_everybody(both: Two) -> None:
    one, other = both
    many = [desk_topic(f"{number:032x}") for number in range(300)]
    with other.store.signals.listen("something else") as ear:
        await one.store.write(signal(*many))
        assert await ear.wait(PATIENCE)


async def test_a_failed_piece_tells_nobody(both: Two) -> None:
    one, other = both

    def breaks(tx: Transaction) -> None:
        tx.signal("half")
        raise ValueError("no")

    with other.store.signals.listen("half", "whole") as ear:
        with pytest.raises(ValueError, match="no"):
            await one.store.write(breaks)
        await one.store.write(signal("whole"))
        assert await ear.wait(PATIENCE)
        assert not await ear.wait(0)


async def test_a_listener_that_was_cut_off_looks_by_itself_and_listens_again(
    hearing: Two, postgresql: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = hearing
    may_connect, connect = asyncio.Event(), psycopg.AsyncConnection.connect

    async def later(**arguments: Any) -> Any:
        await may_connect.wait()
        return await connect(**arguments)

    # It can't connect again for a while, so the next wake-up comes from looking.
    monkeypatch.setattr(psycopg.AsyncConnection, "connect", later)
    cut_off_all(postgresql)
    await until(lambda: not hears(other))
    with other.desk.listen() as ear:
        await one.ask()
        assert await ear.wait(PATIENCE)
        assert not hears(other)
    may_connect.set()
    await until(lambda: hears(other))


async def test_a_listener_that_is_back_wakes_everybody_for_what_it_may_have_missed(
    both: Two, postgresql: postgres.Server
) -> None:
    _, other = both
    with other.store.signals.listen("whatever") as ear:
        cut_off_all(postgresql)
        assert await ear.wait(PATIENCE)
        await until(lambda: hears(other))


async def test_reads_and_writes_outlive_the_loss_of_every_connection(
    both: Two, postgresql: postgres.Server
) -> None:
    one, _ = both
    run_id = await one.ask()
    await asyncio.gather(*[one.dispatcher.run(run_id) for _ in range(8)])
    cut_off_all(postgresql)
    views = await asyncio.gather(*[one.dispatcher.run(run_id) for _ in range(8)])
    assert {view.id for view in views} == {run_id}
    cut_off_all(postgresql)
    assert await one.ask()


async def test_a_store_that_is_stopped_while_its_server_is_away_stops_soon(
    home: Path, postgresql: postgres.Server, postgres_database: str
) -> None:
    watch = Stopwatch()
    async with open_engine(home, database_url=postgres_database) as engine:
        await until(lambda: hears(engine))
        postgresql.crash()
        watch.start()
    watch.stop()
    assert watch.seconds < 3
