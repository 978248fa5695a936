"""Files at the core's desk: what people attached, and what steps made."""

import asyncio
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path, PurePosixPath

from dispatch_core.dispatcher.attached_files import AttachedFiles
from dispatch_core.records import artifacts, attached, claims, shown, threads
from dispatch_core.records.transaction import Transaction
from dispatch_core.views import ArtifactView
from dispatch_core.work import Claim, RunWork

MOST_NAME_BYTES = 255  # of Linux's and macOS's file systems


class CoreFiles(AttachedFiles):
    """The worker's side of files."""

    async def save_artifact(
        self, claim: Claim, step_id: str, name: str, source: Path
    ) -> ArtifactView:
        """Keep a file that a step made; its bytes are copied. Raises LostClaim."""
        made = await self.depot.keep_artifact(claim.run_id, step_id, name, source)

        def keep(tx: Transaction) -> ArtifactView:
            claims.held(tx, claim)
            view = shown.artifact(tx, artifacts.add(tx, made))
            assert view is not None  # noqa: S101 (added in this transaction)
            return view

        return self.dressed_artifact(await self.store.write(keep))

    async def files_into(
        self, work: RunWork, folder: Path, only: Collection[str] | None = None
    ) -> Sequence[str]:
        """Put the thread's attached files into a folder; a later one of a name takes its place.

        only names the sources of those that are wanted. Raises AttachmentUnavailable.
        """
        thread_id = work.thread_id
        brought = await self.store.read(lambda tx: threads.files_of_thread(tx, thread_id))
        names = []
        for file_id, file, sha256 in brought:
            if only is not None and file.source not in only:
                continue
            source = await self.bytes_of(file_id, file, sha256)
            name = safe_name(file.name)
            await asyncio.to_thread(shutil.copyfile, source, folder / name)
            names.append(name)
        return names

    async def asked_with(self, work: RunWork) -> frozenset[str]:
        """The sources of the files that came in the message that asks."""
        run_id = work.claim.run_id
        return await self.store.read(lambda tx: attached.brought_with(tx, run_id))


def safe_name(name: str) -> str:
    """A file's own name without any folder, so that it can't leave the one it is put in."""
    last = PurePosixPath(name.replace("\\", "/").replace("\0", "")).name
    return _cut(last) if last not in ("", ".", "..") else "file"


def _cut(name: str) -> str:
    """A name that file systems take: its ending is kept, since it tells programs what it is."""
    ending = PurePosixPath(name).suffix.encode("utf-8", "replace")[:MOST_NAME_BYTES]
    stem = name.encode("utf-8", "replace")
    if len(stem) <= MOST_NAME_BYTES:
        return stem.decode()
    kept = stem[: MOST_NAME_BYTES - len(ending)] + ending
    return kept.decode("utf-8", "ignore")
