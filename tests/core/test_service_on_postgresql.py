"""A service on PostgreSQL: it says why it can't start, shares its work, and outlives a crash."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import text

from dispatch_core.errors import StoreUnavailable
from dispatch_core.lifecycle import RunStatus
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.records import engines
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings
from dispatch_core.views import Receipt, Submission
from tests.core import postgres
from tests.core.engine import ADA, START
from tests.stopwatch import Stopwatch, stopwatch


@asynccontextmanager
async def serving(home: Path, url: str) -> AsyncIterator[Service]:
    settings = CoreSettings(home=home, http_port=0, database_url=url, lease=2)
    service = Service(settings, ApprovalRules())
    try:
        await service.start()
        yield service
    finally:
        await service.stop()


async def submit(service: Service, text: str, number: int) -> Receipt:
    message = Submission(f"T1:C1:{number}", f"T1:C1:{number}/1", ADA, text, START)
    return await service.dispatcher.submit(message)


async def status(client: aiohttp.ClientSession, url: str) -> int:
    async with client.get(url) as answer:
        return answer.status


async def ended(service: Service, run_id: str | None, seconds: float = 60) -> None:
    """Return once this run is completed."""
    assert run_id is not None
    deadline = time.monotonic() + seconds
    while (await service.dispatcher.run(run_id)).status is not RunStatus.COMPLETED:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def test_two_services_share_the_work_and_no_name(home: Path, postgres_database: str) -> None:
    async with serving(home, postgres_database) as one, serving(home, postgres_database) as other:
        receipts = [await submit(one, f"hello {number}", number) for number in range(6)]
        for receipt in receipts:
            await ended(other, receipt.run_id)
        names = {service._worker._name for service in (one, other) if service._worker}
    assert len(names) == 2


async def test_a_service_outlives_a_crash_of_its_server(
    home: Path, postgresql: postgres.Server, postgres_database: str
) -> None:
    async with serving(home, postgres_database) as service, aiohttp.ClientSession() as client:
        await ended(service, (await submit(service, "hello", 1)).run_id)
        await asyncio.to_thread(postgresql.crash)
        with pytest.raises(StoreUnavailable):
            await submit(service, "hello", 2)
        assert await status(client, f"{service.base_url}/readyz") == 503
        assert await status(client, f"{service.base_url}/healthz") == 200
        await asyncio.to_thread(postgresql.start)
        await ended(service, (await submit(service, "hello", 2)).run_id)
        deadline = time.monotonic() + 60
        while await status(client, f"{service.base_url}/readyz") != 200:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)


async def test_a_service_stops_soon_while_its_server_is_away(
    home: Path, postgresql: postgres.Server, postgres_database: str
) -> None:
    watch = Stopwatch()
    async with serving(home, postgres_database):
        await asyncio.to_thread(postgresql.crash)
        watch.start()
    watch.stop()
    assert watch.seconds < 12


async def test_a_server_that_is_not_there_is_one_sentence_at_the_start(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://dispatch@/nothing?host={tmp_path}"
    sentence = r"^The database post.+ can't be opened \(.+\)"
    with stopwatch() as watch, pytest.raises(StoreUnavailable, match=sentence):
        async with serving(tmp_path / "home", url):
            pass
    assert watch.seconds < 5


async def test_a_host_that_swallows_what_it_is_told_does_not_hang_the_start(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(engines.KEEPALIVE, "connect_timeout", 2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        with stopwatch() as watch, pytest.raises(StoreUnavailable, match="timeout expired"):
            async with serving(home, f"postgresql+psycopg://me@127.0.0.1:{port}/x"):
                pass
    assert watch.seconds < 8


def test_what_the_url_says_itself_is_left_as_it_says_it(postgres_database: str) -> None:
    theirs = "connect_timeout=9&options=-c%20statement_timeout%3D1234"
    database = engines.open_engine(f"{postgres_database}&{theirs}")
    told = engines.server_arguments(database.url)
    assert "connect_timeout" not in told
    assert told["keepalives_idle"] == 5
    with database.connect() as connection:
        shown = [connection.scalar(text(f"SHOW {name}")) for name in engines.SESSION]
    database.dispose()
    assert shown == ["read committed", "5s", "10s", "1234ms"]


async def test_a_service_stops_in_time_where_its_server_answers_nothing(
    home: Path, postgresql: postgres.Server, postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network that swallows everything: connections are taken, and nothing is ever said."""
    monkeypatch.setattr("dispatch_core.service.STOP_GRACE", 1.0)
    monkeypatch.setitem(engines.KEEPALIVE, "connect_timeout", 2)
    async with serving(home, postgres_database) as service:
        await submit(service, "hello", 1)
        await asyncio.to_thread(postgresql.crash)
        with socket.socket(socket.AF_UNIX) as mute:
            path = postgresql.folder / ".s.PGSQL.5432"
            path.unlink()
            mute.bind(str(path))
            mute.listen(50)
            late = asyncio.create_task(submit(service, "hello", 2))
            await asyncio.sleep(0)
            with stopwatch() as watch:
                await service.stop()
            with pytest.raises(StoreUnavailable):
                await late
        path.unlink()
    # What a stop may take in all; a quiet machine needs a third of it.
    assert watch.seconds < 15
