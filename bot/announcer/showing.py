"""Shows one entry, whatever its kind, and returns where it is shown."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import IO, cast

from slack_sdk.web.async_client import AsyncWebClient

from bot.announcer.attempt import LINK, Attempt, Notes
from bot.announcer.calls import Later, Refused
from bot.announcer.drawing import draw
from bot.announcer.finding import Finder
from bot.announcer.order import from_person
from bot.announcer.outbox import Outbox
from bot.announcer.pace import Clock
from bot.announcer.posting import Poster
from bot.announcer.term import LeaseLost
from bot.announcer.tidying import Background, Tidier
from bot.announcer.uploading import Upload, Uploader
from bot.announcer.wire import Wire
from bot.blocks.artifact import artifact_comment, artifact_link, artifact_title
from bot.blocks.said import ANSWER_FILE, said
from bot.keys import parse_thread
from dispatch_core.errors import NotFound
from dispatch_core.views import ArtifactView, MessageView, ThreadEntry

QUEUED_REACTION = "eyes"
EMPTY_FILE = "It is empty, and Slack takes no empty files."
REFUSED_FILE = "Slack did not take the file, so have it by the link."
FILE_GONE = "Its bytes are no longer kept."

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Showing:
    """Shows entries for one term, through a client that never repeats a call by itself."""

    outbox: Outbox
    client: AsyncWebClient
    wire: Wire
    clock: Clock
    background: Background
    notes: Notes = field(init=False)
    _tidier: Tidier = field(init=False)
    _poster: Poster = field(init=False)
    _uploader: Uploader = field(init=False)

    def __post_init__(self) -> None:
        self.notes = Notes(self.outbox, self.wire.term)
        finder = Finder(self.client, self.wire)
        self._poster = Poster(self.client, self.wire, finder, self.notes, self.clock)
        self._uploader = Uploader(self.client, self.wire, finder, self.notes, self.clock)
        self._tidier = Tidier(self.outbox, self.client, self.wire, finder, self.clock)

    async def show(self, entry: ThreadEntry) -> str | None:
        """Make Slack show the entry as it is; returns its ref. Raises a Trouble, or LeaseLost."""
        if from_person(entry):
            return await self._acknowledge(entry, cast("MessageView", entry.body))
        if isinstance(entry.body, ArtifactView):
            return await self._file(entry, entry.body)
        drawn = draw(entry)
        ref = await self._poster.show(entry, drawn)
        if drawn.whole is not None and entry.ref is None:
            await self._whole(entry, drawn.whole)
        return ref

    async def record(self, entry: ThreadEntry, ref: str | None) -> None:
        """Keep that the entry's revision is shown there; raises LeaseLost, or a DispatchError."""
        term = self.wire.term
        if not await self.outbox.announced(term.owner, entry.id, entry.revision, ref):
            term.lose()
            raise LeaseLost
        self.wire.meter.announced()
        if self.notes.doubled(entry):
            self._tidy(entry)
        self.forget(entry)

    def forget(self, entry: ThreadEntry) -> None:
        """The records have it all, or nothing of it any more."""
        self.wire.recorded(entry)
        self.notes.forget(entry)

    def left_behind(self) -> None:
        """The lease is lost: see to what was sent and never recorded."""
        for entry in self.wire.drawn.values():
            self.background.start(self._tidier.redraw(entry))
        for entry in self.wire.posted.values():
            self._tidy(entry)

    def _tidy(self, entry: ThreadEntry) -> None:
        attempt = self.notes.attempt(entry)
        if attempt is not None:
            self.background.start(self._tidier.tidy(entry, attempt))

    async def _acknowledge(self, entry: ThreadEntry, message: MessageView) -> str | None:
        """A person's message stands already; one that waits behind a run gets a reaction."""
        if message.queued_behind and message.message_key:
            _, channel, ts = message.message_key.split(":")
            try:
                await self.wire.ask(
                    self.client.reactions_add(channel=channel, timestamp=ts, name=QUEUED_REACTION)
                )
            except Refused as refusal:
                if str(refusal) != "already_reacted":
                    log.info("message %s got no reaction: %s", entry.id, refusal)
        return entry.ref

    async def _whole(self, entry: ThreadEntry, text: str) -> None:
        """The file beside a message that shows only its beginning."""
        content = text.encode()
        upload = Upload(ANSWER_FILE, ANSWER_FILE, len(content), content)
        try:
            await self._upload(entry, upload)
        except Refused as refusal:
            log.warning("the whole of entry %s is not in Slack: %s", entry.id, refusal)
            message = cast("MessageView", entry.body)
            await self._poster.show(entry, said(message, file_refused=True))

    async def _file(self, entry: ThreadEntry, artifact: ArtifactView) -> str:
        ref = self.notes.ref(entry)
        if ref is not None:
            return ref  # an uploaded file never changes
        attempt = self.notes.attempt(entry)
        if attempt is not None and attempt.file == LINK:
            return await self._link(entry, artifact, REFUSED_FILE)
        if artifact.size_bytes == 0:
            return await self._link(entry, artifact, EMPTY_FILE)
        try:
            return await self._put(entry, artifact)
        except (NotFound, FileNotFoundError):
            return await self._link(entry, artifact, FILE_GONE)
        except Refused as refusal:
            log.warning("artifact %s is shown as a link: %s", artifact.id, refusal)
            return await self._link(entry, artifact, REFUSED_FILE)

    async def _put(self, entry: ThreadEntry, artifact: ArtifactView) -> str:
        _, path = await self.outbox.open_artifact(artifact.id)
        content: IO[bytes] = await asyncio.to_thread(path.open, "rb")
        try:
            upload = Upload(
                artifact.name,
                artifact_title(artifact),
                artifact.size_bytes,
                content,
                artifact_comment(artifact),
            )
            file_id = await self._upload(entry, upload)
        finally:
            content.close()
        return self.notes.posted(entry, f"{parse_thread(entry.thread_key).channel}/{file_id}")

    async def _upload(self, entry: ThreadEntry, upload: Upload) -> str:
        try:
            return await self._uploader.put(entry, upload)
        except Later as later:
            # An app without the scopes for files still shows what it can.
            if str(later) == "missing_scope":
                raise Refused(str(later)) from later
            raise

    async def _link(self, entry: ThreadEntry, artifact: ArtifactView, why: str) -> str:
        attempt = self.notes.attempt(entry)
        if attempt is None or attempt.file != LINK:
            now = self.clock.time()
            await self.notes.write(entry, Attempt(now, LINK, in_doubt=False))
        return await self._poster.show(entry, artifact_link(artifact, why))
