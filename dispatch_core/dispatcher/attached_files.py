"""The bytes of what people attached: kept here already, or brought from the front end now."""

from functools import partial
from pathlib import Path

from dispatch_core.dispatcher.room import Room
from dispatch_core.errors import AttachmentUnavailable
from dispatch_core.records import threads
from dispatch_core.views import AttachedFile


class AttachedFiles(Room):
    """What the core's own desk and a device's desk both need of attached files."""

    async def bytes_of(self, file_id: str, file: AttachedFile, sha256: str | None) -> Path:
        """Where an attached file's bytes are; raises AttachmentUnavailable."""
        if sha256 is not None and (kept := await self.depot.find(sha256)) is not None:
            return kept
        if self.parts.fetch_file is None:
            raise AttachmentUnavailable(name=file.name, why="no front end is connected here")
        try:
            with self.parts.blobs.unfinished() as arriving:
                await self.parts.fetch_file(file, arriving)
                blob = await self.depot.keep(arriving)
        except OSError as error:
            raise AttachmentUnavailable(name=file.name, why=str(error)) from error
        await self.store.write(partial(threads.file_fetched, file_id=file_id, sha256=blob.sha256))
        return self.parts.blobs.path(blob.sha256)
