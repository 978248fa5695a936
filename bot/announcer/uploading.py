"""Puts a file into a thread once, whatever answers are lost on the way."""

import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import IO

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.announcer.attempt import LINK, Attempt, Notes
from bot.announcer.calls import Later, Refused, Trouble, Unreachable
from bot.announcer.finding import Finder
from bot.announcer.pace import Clock
from bot.announcer.wire import Wire
from bot.keys import parse_thread
from dispatch_core.views import ThreadEntry

# A file may take long as a whole; a stall may not.
BYTES_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=15, sock_read=60)
# Slack shares a completed file a moment later.
SHARE_LOOKS, SHARE_WAIT = 5, 0.7  # seconds

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be put into an entry's thread; comment is mrkdwn, content its bytes or a file."""

    name: str
    title: str
    size_bytes: int
    content: bytes | IO[bytes]
    comment: str = ""


@dataclass(slots=True)
class Uploader:
    """Uploads files; the file's id is noted before the file is shared."""

    client: AsyncWebClient
    wire: Wire
    finder: Finder
    notes: Notes
    clock: Clock

    async def put(self, entry: ThreadEntry, upload: Upload) -> str:
        """Share the file in the entry's thread, once; returns its id.

        Raises a Trouble, or LeaseLost.
        """
        attempt = self.notes.attempt(entry)
        file_id = attempt.file if attempt else ""
        if attempt and file_id and file_id != LINK:
            if attempt.in_doubt and await self.shared(entry, file_id):
                return file_id
            try:
                return await self._share(entry, upload, file_id)
            except Refused as refusal:
                # A completion whose answer was lost may have come just before this one.
                if attempt.in_doubt and await self.shared(entry, file_id):
                    return file_id
                # An upload that was never completed is dropped by Slack after a while.
                log.info("file %s is uploaded anew: %s", file_id, refusal)
        return await self._share(entry, upload, await self._send(entry, upload))

    async def shared(self, entry: ThreadEntry, file_id: str) -> bool:
        """Whether the file stands in the entry's channel."""
        for look in range(SHARE_LOOKS):
            if look:
                await self.clock.rest(SHARE_WAIT)
            try:
                if await self.finder.shares(entry, file_id):
                    return True
            except (Refused, Unreachable):
                return False
        return False

    async def _send(self, entry: ThreadEntry, upload: Upload) -> str:
        """Send the bytes, and note the file's id; nothing shows in Slack yet."""
        answer = await self.wire.ask(
            self.client.files_getUploadURLExternal(filename=upload.name, length=upload.size_bytes)
        )
        await self._send_bytes(str(answer["upload_url"]), upload)
        earlier = self.notes.attempt(entry)
        since = earlier.since if earlier else self.clock.time()
        await self.notes.write(entry, Attempt(since, str(answer["file_id"]), in_doubt=False))
        return str(answer["file_id"])

    async def _send_bytes(self, url: str, upload: Upload) -> None:
        try:
            async with (
                self._session() as session,
                session.post(
                    url, data=upload.content, proxy=self.client.proxy, timeout=BYTES_TIMEOUT
                ) as answer,
            ):
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Later(f"upload broke ({type(error).__name__})", None, undone=True) from error
        if status == 429 or status >= 500:
            raise Later(f"upload answered {status}", None, undone=True)
        if status != 200:
            raise Refused(f"upload answered {status}")

    async def _share(self, entry: ThreadEntry, upload: Upload, file_id: str) -> str:
        where = parse_thread(entry.thread_key)
        self.notes.doubt(entry, in_doubt=True)
        try:
            await self.wire.post(
                entry,
                self.client.files_completeUploadExternal(
                    files=[{"id": file_id, "title": upload.title}],
                    channel_id=where.channel,
                    thread_ts=where.thread_ts,
                    initial_comment=upload.comment or None,
                ),
            )
        except Trouble as trouble:
            self.notes.doubt(entry, isinstance(trouble, Later) and not trouble.undone)
            raise
        # The next message must not overtake the file; where Slack takes longer, it may.
        with contextlib.suppress(Later):
            await self.shared(entry, file_id)
        return file_id

    @contextlib.asynccontextmanager
    async def _session(self) -> AsyncIterator[aiohttp.ClientSession]:
        if self.client.session is not None and not self.client.session.closed:
            yield self.client.session
            return
        async with aiohttp.ClientSession() as session:
            yield session
