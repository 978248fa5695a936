"""Files' bytes on one disk, and across processes that share a PostgreSQL and no disk."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from dispatch_core.blobs import PIECE, Blobs
from dispatch_core.dispatcher.depot import Depot
from dispatch_core.errors import AttachmentUnavailable, NoRoom, NotFound
from dispatch_core.records import blob_pieces, threads
from dispatch_core.records.transaction import Transaction
from dispatch_core.views import ArtifactView, AttachedFile, Submission
from dispatch_core.work import RunWork
from tests.core import postgres
from tests.core.engine import ADA, Engine, open_engine
from tests.core.small_disk import REFUSAL, files_of_at_most

LARGE = bytes(range(256)) * (PIECE * 5 // 2 // 256)
MOST_PIECES = 5
YEAR = timedelta(days=365)


@dataclass
class Pair:
    """Two processes' engines on one PostgreSQL, each with a home of its own."""

    here: Engine
    there: Engine


@pytest.fixture
async def pair(tmp_path: Path, postgres_server: Path) -> AsyncIterator[Pair]:
    url = postgres.new_database(postgres_server)
    async with (
        open_engine(tmp_path / "here", database_url=url) as here,
        open_engine(tmp_path / "there", database_url=url) as there,
    ):
        yield Pair(here, there)


def file_of(folder: Path, content: bytes) -> Path:
    path = folder / "source"
    path.write_bytes(content)
    return path


async def working(engine: Engine) -> RunWork:
    """A run of code that holds a step."""
    await engine.ask("```python\nprint(1)\n```")
    work = await engine.plan(await engine.claim())
    assert work is not None
    return work


async def made(engine: Engine, source: Path) -> ArtifactView:
    """An artifact with these bytes."""
    work = await working(engine)
    return await engine.files.save_artifact(work.claim, work.steps[0].id, "a.bin", source)


async def pieces_of(engine: Engine, sha256: str) -> list[int]:
    """The sizes of the pieces in the database."""

    def look(tx: Transaction) -> list[int]:
        found = [blob_pieces.get(tx, sha256, number) for number in range(MOST_PIECES)]
        return [len(piece) for piece in found if piece is not None]

    return await engine.store.read(look)


def age(engine: Engine, sha256: str) -> None:
    """Let the file look as if it was stored long ago."""
    os.utime(engine.files.parts.blobs.path(sha256), (0, 0))


async def test_sqlite_keeps_no_bytes(home: Path, tmp_path: Path) -> None:
    async with open_engine(home) as engine:
        view = await made(engine, file_of(tmp_path, LARGE))
        _, path = await engine.dispatcher.open_artifact(view.id)
        assert path.read_bytes() == LARGE
        assert await pieces_of(engine, view.sha256) == []


@pytest.mark.parametrize("content", [b"", b"small", LARGE], ids=["empty", "small", "large"])
async def test_what_one_process_made_any_other_opens(
    pair: Pair, tmp_path: Path, content: bytes
) -> None:
    view = await made(pair.here, file_of(tmp_path, content))
    _, path = await pair.there.dispatcher.open_artifact(view.id)
    assert path.is_relative_to(tmp_path / "there")
    assert path.read_bytes() == content


async def test_many_who_open_it_at_once_fetch_it_once(pair: Pair, tmp_path: Path) -> None:
    view = await made(pair.here, file_of(tmp_path, LARGE))
    counted = CountedReads(pair.there)
    depot = Depot(counted, Blobs(tmp_path / "cache"))  # type: ignore[arg-type]
    paths = await asyncio.gather(*(depot.find(view.sha256) for _ in range(8)))
    assert {path.read_bytes() for path in paths if path} == {LARGE}
    assert counted.reads == 4  # three pieces, and that there is no fourth


@dataclass
class CountedReads:
    """A store whose reads are counted."""

    engine: Engine
    reads: int = 0

    @property
    def url(self) -> str:
        return self.engine.store.url

    async def read(self, look: object) -> object:
        self.reads += 1
        return await self.engine.store.read(look)  # type: ignore[arg-type]


async def test_two_processes_may_keep_the_same_bytes_at_once(pair: Pair, tmp_path: Path) -> None:
    source = file_of(tmp_path, LARGE)
    kept = await asyncio.gather(*(engine.files.depot.keep(source) for engine in both(pair) * 3))
    assert len(set(kept)) == 1
    assert sum(await pieces_of(pair.here, kept[0].sha256)) == len(LARGE)


def both(pair: Pair) -> list[Engine]:
    return [pair.here, pair.there]


async def test_bytes_that_are_gone_or_damaged_are_told_as_such(pair: Pair, tmp_path: Path) -> None:
    view = await made(pair.here, file_of(tmp_path, LARGE))
    blob = view.sha256
    await pair.here.store.write(partial(swap_first_piece, blob))
    with pytest.raises(NotFound, match=r"There is no artifact a\.bin any more\."):
        await pair.there.dispatcher.open_artifact(view.id)
    assert [path for path in (tmp_path / "there").rglob("*") if path.is_file()] == []


async def test_what_a_disk_refuses_is_told_and_leaves_nothing_behind(
    pair: Pair, tmp_path: Path
) -> None:
    source = file_of(tmp_path, LARGE)
    view = await made(pair.here, source)
    with files_of_at_most(PIECE), pytest.raises(NoRoom, match=REFUSAL):
        await pair.there.dispatcher.open_artifact(view.id)
    with files_of_at_most(PIECE), pytest.raises(NoRoom, match=REFUSAL):
        await pair.there.files.depot.keep(source)
    assert [path for path in (tmp_path / "there").rglob("*") if path.is_file()] == []
    _, path = await pair.there.dispatcher.open_artifact(view.id)
    assert path.read_bytes() == LARGE


def swap_first_piece(sha256: str, tx: Transaction) -> None:
    """Put other bytes in the place of the first piece."""
    second = blob_pieces.get(tx, sha256, 1)
    assert second is not None
    blob_pieces.drop(tx, sha256, -YEAR)
    blob_pieces.put(tx, sha256, 0, second[::-1])


async def test_an_upload_that_was_cut_off_is_gone_on_with(pair: Pair, tmp_path: Path) -> None:
    source = file_of(tmp_path, LARGE)
    blob = pair.here.files.parts.blobs.put(source)
    await pair.here.store.write(
        partial(blob_pieces.put, sha256=blob.sha256, number=1, content=b"x")
    )
    await pair.here.files.depot.keep(source)
    # The piece that stood there was not sent again.
    assert await pieces_of(pair.here, blob.sha256) == [PIECE, 1, len(LARGE) - 2 * PIECE]


async def test_the_sweep_takes_what_nothing_stands_on_here_and_there(
    pair: Pair, tmp_path: Path
) -> None:
    used = await made(pair.here, file_of(tmp_path, b"used"))
    unused = await pair.here.files.depot.keep(file_of(tmp_path, LARGE))
    age(pair.here, used.sha256)
    age(pair.here, unused.sha256)
    pair.here.clock.move(hours=2)
    pair.there.clock.move(hours=2)
    young = await pair.here.files.depot.keep(file_of(tmp_path, b"young"))
    await pair.here.upkeep.forget_old()
    assert await pieces_of(pair.here, unused.sha256) == []
    assert await pair.here.files.depot.find(unused.sha256) is None
    for kept in (used, young):
        assert await pair.there.files.depot.find(kept.sha256) is not None


async def test_bytes_that_are_kept_again_are_young_again(pair: Pair, tmp_path: Path) -> None:
    source = file_of(tmp_path, LARGE)
    blob = await pair.here.files.depot.keep(source)
    pair.here.clock.move(hours=2)
    await pair.here.files.depot.keep(source)
    await pair.here.upkeep.forget_old()
    assert sum(await pieces_of(pair.here, blob.sha256)) == len(LARGE)


async def test_a_file_that_one_process_fetched_is_there_for_one_that_cannot_fetch(
    pair: Pair, tmp_path: Path
) -> None:
    file = AttachedFile("prices.csv", "text/csv", 5, "F1")
    asked_at = pair.here.clock.now
    asked = Submission("T1:C1:1", "T1:C1:1", ADA, "```python\nprint(1)\n```", asked_at, (file,))
    await pair.here.dispatcher.submit(asked)
    work = await pair.there.claim()
    with pytest.raises(AttachmentUnavailable, match="no front end is connected here"):
        await pair.there.files.files_into(work, tmp_path)
    blob = await pair.here.files.depot.keep(file_of(tmp_path, b"a,b\n1"))
    [(file_id, _, _)] = await pair.here.store.read(
        partial(threads.files_of_thread, thread_id=work.thread_id)
    )
    await pair.here.store.write(partial(threads.file_fetched, file_id=file_id, sha256=blob.sha256))
    assert await pair.there.files.files_into(work, tmp_path) == ["prices.csv"]
    assert (tmp_path / "prices.csv").read_bytes() == b"a,b\n1"
