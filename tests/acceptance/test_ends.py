"""A database that is gone, damaged, foreign, taken or full: one sentence, and nothing lost."""

import asyncio
import os
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import psutil
import psycopg
import pytest

from bot.local_workspace.pace import Pace
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings
from dispatch_core.upgrade import upgrade_database
from tests.acceptance.driver import eventually
from tests.acceptance.local_slack import local_slack
from tests.acceptance.processes import Companion, Server
from tests.acceptance.scenarios import Stage
from tests.bot.cli.command import Ended, dispatch
from tests.core import postgres

pytestmark = pytest.mark.processes

Ports = Callable[[], int]
# What no other process on this machine has on its command line; who ends it lets the code go on.
NAPS = ["sleep", "3600.0517"]
SLOW_CODE = f"""```python
import subprocess
print("begun", flush=True)
subprocess.run({NAPS})
print("ended")
```"""


@pytest.fixture(scope="module")
def postgresql() -> Iterator[postgres.Server]:
    """A PostgreSQL that a test may stop, if it starts it again."""
    with postgres.serving() as server:
        yield server


async def start(home: Path, database_url: str = "") -> Ended:
    """Start `dispatch worker`, which is to end by itself."""
    known = {"DISPATCH_HOME": str(home), "DISPATCH_HTTP_PORT": "0"}
    return await dispatch("worker", settings={**known, "DISPATCH_DATABASE_URL": database_url})


def one_sentence(ended: Ended) -> str:
    """What it said: one line on standard error, and an end that a service manager sees."""
    assert (ended.code, ended.out) == (1, ""), ended
    [line] = ended.err.splitlines()
    assert "Traceback" not in line
    return line


def a_folder(file: Path) -> None:
    file.mkdir()


def no_database(file: Path) -> None:
    file.write_bytes(b"These are my holiday notes. " * 1_000)


def a_torn_database(file: Path) -> None:
    upgrade_database(CoreSettings(home=file.parent))
    pages = bytearray(file.read_bytes())
    pages[4096:-4096] = b"\xa5" * (len(pages) - 8192)
    file.write_bytes(pages)


@pytest.mark.parametrize("spoil", [a_folder, no_database, a_torn_database])
async def test_a_file_that_is_no_sound_database_is_named_and_left_as_it_is(
    home: Path, spoil: Callable[[Path], None]
) -> None:
    file = home / "dispatch.db"
    spoil(file)
    before = file.read_bytes() if file.is_file() else b""
    told = one_sentence(await start(home))
    assert told.startswith(f"The database {file} can't be opened (")
    assert "try again soon" not in told
    assert ("restore it from a backup" in told) is file.is_file()
    assert (file.read_bytes() if file.is_file() else b"") == before


async def test_a_schema_of_a_later_version_is_left_alone(home: Path) -> None:
    upgrade_database(CoreSettings(home=home))
    with sqlite3.connect(home / "dispatch.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_later'")
    told = one_sentence(await start(home))
    assert told.startswith("The database schema is 9999_later and this version needs ")
    assert "install the version of Dispatch that made it" in told


async def test_a_server_of_an_older_schema_is_upgraded_by_hand_only(
    home: Path, postgresql: postgres.Server
) -> None:
    url = postgres.new_database(postgresql.folder)
    told = one_sentence(await start(home, url))
    assert told.startswith("The database schema is none and this version needs ")
    assert "run `dispatch db upgrade`" in told
    upgraded = await dispatch("db", "upgrade", settings={"DISPATCH_DATABASE_URL": url})
    assert (upgraded.code, upgraded.err) == (0, "")
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_later'")
    assert "9999_later" in one_sentence(await start(home, url))


async def test_a_second_owner_of_an_sqlite_file_is_told_who_the_first_is(home: Path) -> None:
    service = Service(CoreSettings(home=home, http_port=0), ApprovalRules())
    await service.start()
    try:
        told = one_sentence(await start(home))
        assert f"in use by process {os.getpid()};" in told
        await service.dispatcher.ready()
    finally:
        await service.stop()


async def test_a_server_that_is_down_is_one_sentence_and_comes_back_with_all(
    home: Path, tmp_path: Path, postgresql: postgres.Server, free_port: Ports
) -> None:
    url = postgres.new_database(postgresql.folder)
    upgrade_database(CoreSettings(home=home, database_url=url))
    postgresql.stop()
    told = one_sentence(await start(home, url.replace("dispatch@", "dispatch:s3cr3t@")))
    assert told.startswith("The database postgresql+psycopg://dispatch:***@")
    assert "see that it runs" in told
    port = free_port()
    async with local_slack(port) as slack:
        known = {"DISPATCH_HTTP_PORT": str(port), "DISPATCH_DATABASE_URL": url}
        ended = await dispatch("serve", settings=slack.environment() | known)
    assert (ended.code, "Traceback" in ended.err) == (1, False)
    assert "see that it runs" in ended.err.splitlines()[-1]
    postgresql.start()
    async with on_stage(tmp_path, free_port(), {"DISPATCH_DATABASE_URL": url}) as stage:
        postgresql.crash()
        channel, ts = await stage.ask("hello")
        await readiness(stage.server, 503, "database")
        postgresql.start()
        await stage.says(channel, ts, "completed", "inline")
        await readiness(stage.server, 200)


@asynccontextmanager
async def on_stage(tmp_path: Path, port: int, settings: dict[str, str]) -> AsyncIterator[Stage]:
    """A Slack that brings an event again soon and often, and a server that is ready."""
    async with local_slack(port, pace=Pace(redelivery=(0.5,) * 400)) as slack:
        server = Server(tmp_path / "server", port, slack.environment() | settings)
        try:
            await server.serve()
            yield Stage(slack, server, Companion(tmp_path / "device", tmp_path / "reachable"))
        finally:
            await server.stop()


async def readiness(server: Server, status: int, *words: str) -> None:
    """Wait until /readyz answers so, with these words in its reason; it is alive all the while."""

    async def look() -> bool:
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{server.url}/healthz") as reply:
                assert reply.status == 200
            async with session.get(f"{server.url}/readyz") as reply:
                text = await reply.text()
                return reply.status == status and all(word in text for word in words)

    await eventually(look, f"/readyz to be {status}", watched=server.failure)


async def logged(server: Server, words: str) -> None:
    """Wait until these words stand in the server's log."""
    await eventually(
        lambda: asyncio.to_thread(lambda: words in server.words()), words, watched=server.failure
    )


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB of its own."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk can be mounted by root only, and not in every container")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Take all the space that is left; returns the file that holds it."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1024**2, 4096, 1):
            try:
                while file.write(b"\0" * size) == size:
                    pass
            except OSError:
                continue
    return ballast


async def wake() -> bool:
    """Let the slow code go on, wherever it naps; whether it did."""
    napping = [one for one in psutil.process_iter(["cmdline"]) if one.info["cmdline"] == NAPS]
    for process in napping:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    return bool(napping)


async def test_on_a_full_disk_nothing_acknowledged_is_lost_and_all_goes_on_with_space(
    tmp_path: Path, small_disk: Path, free_port: Ports
) -> None:
    database = {"DISPATCH_DATABASE_URL": f"sqlite:///{small_disk / 'dispatch.db'}"}
    known = database | {"DISPATCH_LEASE": "2", "DISPATCH_CODE_TIMEOUT": "600"}
    async with on_stage(tmp_path, free_port(), known) as stage:
        at_work = await stage.ask(SLOW_CODE)
        await stage.says(*at_work, "running", "begun")
        ballast = await asyncio.to_thread(fill, small_disk)
        asked_late = await stage.ask("hello")
        await readiness(stage.server, 503, "full")
        await logged(stage.server, "left to Slack's redelivery")
        await eventually(wake, "the code to nap")
        await logged(stage.server, "waits for its lease to end")
        ballast.unlink()
        await readiness(stage.server, 200)
        await stage.says(*asked_late, "completed", "inline")
        # Its end could not be written down, so it is done again.
        await eventually(wake, "the code to be done again")
        await stage.says(*at_work, "completed", "ended")
    assert "Traceback" not in stage.server.words()
