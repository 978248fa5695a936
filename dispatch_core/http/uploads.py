"""Takes an artifact's bytes from a device, straight to a file."""

import asyncio
import contextlib
import hashlib
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import IO

from aiohttp import web

from dispatch_core.errors import ArtifactTooLarge, BadMessage, NoRoom
from dispatch_core.http.signatures import Authenticator, claimed_digest, same_digest

# Slack takes files of up to 1 GB; what a chat thread is for is far smaller.
MAX_ARTIFACT_BYTES = 200 * 1024 * 1024
PREFIX = "upload-"
# An upload that goes on is written to; another process may share the folder.
ABANDONED_SECONDS = 3_600.0


class Uploads:
    """Receives signed uploads into files of its own folder, which are gone afterwards."""

    def __init__(
        self, authenticator: Authenticator, folder: Path, limit: int = MAX_ARTIFACT_BYTES
    ) -> None:
        self._authenticator = authenticator
        self._folder = folder
        self._limit = limit

    @contextlib.asynccontextmanager
    async def receive(self, request: web.Request) -> AsyncIterator[tuple[str, Path]]:
        """The device's id and the file with the body, once both are known to be true.

        The signature is over the digest that the header claims, so it is checked before a byte is
        taken, and the bytes against that digest after.
        """
        digest = claimed_digest(request)
        device_id = await self._authenticator.device(request, digest)
        self._refuse_size(request, request.content_length or 0)
        with self._file() as (path, file):
            if not same_digest(await self._copy(request, file), digest):
                raise BadMessage(problem="the bytes that came are not those that were signed")
            yield device_id, path

    @contextlib.contextmanager
    def _file(self) -> Iterator[tuple[Path, IO[bytes]]]:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._tidy(time.time() - ABANDONED_SECONDS)
            with tempfile.NamedTemporaryFile(dir=self._folder, prefix=PREFIX) as file:
                yield Path(file.name), file
        except ConnectionError:  # the sender's, and no fault of the disk's
            raise
        except OSError as error:
            raise NoRoom(why=error.strerror or type(error).__name__) from error

    def _tidy(self, before: float) -> None:
        """Delete what a process that was killed left behind."""
        for path in self._folder.glob(f"{PREFIX}*"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()

    async def _copy(self, request: web.Request, file: IO[bytes]) -> str:
        digest, size = hashlib.sha256(), 0
        async for chunk in request.content.iter_chunked(256 * 1024):
            size += len(chunk)
            self._refuse_size(request, size)
            digest.update(chunk)
            await asyncio.to_thread(file.write, chunk)
        await asyncio.to_thread(file.flush)
        return digest.hexdigest()

    def _refuse_size(self, request: web.Request, size: int) -> None:
        if size > self._limit:
            raise ArtifactTooLarge(name=request.match_info["name"], limit=self._limit)
