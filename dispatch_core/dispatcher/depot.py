"""The bytes of files, where every process of the installation can have them.

On SQLite there is one process and its disk. On PostgreSQL the bytes are in the database too, and
the disk is this process's cache of them.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from weakref import WeakValueDictionary

from dispatch_core.blobs import PIECE, Blob, Blobs
from dispatch_core.errors import NoRoom
from dispatch_core.mime_types import guess_kind, guess_mime, head_of
from dispatch_core.records import blob_pieces
from dispatch_core.records.artifacts import NewArtifact
from dispatch_core.records.database import Store

# Bytes come before the row that stands on them, so young ones are spared by the sweep.
YOUNG_SECONDS = 3_600.0
# So many at a time are looked up, that neither memory nor a statement grows with the folder.
LOOKED_UP = 500


class Depot:
    """Keeps files and finds them again, whichever process kept them."""

    def __init__(self, store: Store, blobs: Blobs) -> None:
        self._store = store
        self._blobs = blobs
        self._shared = not store.url.startswith("sqlite")
        self._fetching: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def keep(self, source: Path) -> Blob:
        """Keep a copy of a file; when this returns, its bytes are everywhere they must be.

        Raises NoRoom and StoreUnavailable.
        """
        with no_room():
            blob = await asyncio.to_thread(self._blobs.put, source)
            if self._shared:
                await self._share(blob)
        return blob

    async def keep_artifact(
        self, run_id: str, step_id: str, name: str, source: Path, kind: str = ""
    ) -> NewArtifact:
        """Keep a copy of a file that a step made; its kind is guessed where none is given.

        Raises NoRoom and StoreUnavailable.
        """
        blob = await self.keep(source)
        mime = guess_mime(name, await asyncio.to_thread(head_of, source))
        return NewArtifact(
            run_id=run_id,
            step_id=step_id,
            name=name,
            kind=kind or guess_kind(mime, name),
            mime_type=mime,
            size_bytes=blob.size_bytes,
            sha256=blob.sha256,
        )

    async def find(self, sha256: str) -> Path | None:
        """A file with these bytes, fetched if it is not here; None where they are gone.

        Raises NoRoom and StoreUnavailable.
        """
        path = self._blobs.path(sha256)
        if path.is_file() or not self._shared:
            return path if path.is_file() else None
        # Who asks for the same at once waits for one fetch, and then finds the file.
        lock = self._fetching.setdefault(sha256, asyncio.Lock())
        async with lock:
            with no_room():
                return path if path.is_file() or await self._fetch(sha256) else None

    async def sweep(self) -> None:
        """Drop the bytes that no row stands on, here and in the database, unless they are young."""
        before = time.time() - YOUNG_SECONDS
        await asyncio.to_thread(self._blobs.tidy, before)
        old = await asyncio.to_thread(self._blobs.stored_before, before)
        for start in range(0, len(old), LOOKED_UP):
            some = old[start : start + LOOKED_UP]
            used = await self._store.read(partial(blob_pieces.in_use, hashes=some))
            await asyncio.to_thread(self._blobs.drop, set(some) - used, before)
        if self._shared:
            await self._sweep_shared(timedelta(seconds=YOUNG_SECONDS))

    async def _share(self, blob: Blob) -> None:
        """Each piece is a write of its own, so that other writes pass between them."""
        there = await self._store.write(partial(blob_pieces.renew, sha256=blob.sha256))
        with self._blobs.path(blob.sha256).open("rb") as file:
            for number in range(-(-blob.size_bytes // PIECE)):
                if number in there:
                    continue
                file.seek(number * PIECE)
                content = await asyncio.to_thread(file.read, PIECE)
                put = partial(blob_pieces.put, sha256=blob.sha256, number=number, content=content)
                await self._store.write(put)

    async def _fetch(self, sha256: str) -> bool:
        with self._blobs.unfinished() as unfinished:
            number = 0
            with unfinished.open("wb") as file:
                while (piece := await self._piece(sha256, number)) is not None:
                    await asyncio.to_thread(file.write, piece)
                    number += 1
            return await asyncio.to_thread(self._blobs.adopt, unfinished, sha256)

    async def _piece(self, sha256: str, number: int) -> bytes | None:
        return await self._store.read(partial(blob_pieces.get, sha256=sha256, number=number))

    async def _sweep_shared(self, age: timedelta) -> None:
        for sha256 in await self._store.read(partial(blob_pieces.unused, age=age)):
            await self._store.write(partial(blob_pieces.drop, sha256=sha256, age=age))


@contextmanager
def no_room() -> Iterator[None]:
    """Tell as NoRoom what a disk refuses, for being full or else."""
    try:
        yield
    except OSError as error:
        raise NoRoom(why=error.strerror or type(error).__name__) from error
