"""Brings a person's attached file from Slack onto this machine."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.connection.identity import FAULTS, reason_of
from bot.connection.web_api import on_this_machine
from dispatch_core.errors import AttachmentUnavailable
from dispatch_core.sizes import size_words
from dispatch_core.views import AttachedFile

MOST_BYTES = 256 * 2**20
DOWNLOAD_SECONDS = 120
# Slack's own, and that of its GovSlack: files lie at files.slack.com or a workspace's own name.
SLACK_HOSTS = ("slack.com", "slack-gov.com")


class Files:
    """Downloads by Slack's file id; the bot's token goes to Slack's own hosts only."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession) -> None:
        self._client = client
        self._session = session

    async def fetch(self, file: AttachedFile, to: Path) -> None:
        """Write the file's bytes to a path; AttachmentUnavailable where they can't be had whole."""
        try:
            found = (await self._client.files_info(file=file.source))["file"]
            received = await self._download(found, file, to)
        except FAULTS as fault:
            raise AttachmentUnavailable(name=file.name, why=reason_of(fault)) from fault
        if received != int(found.get("size") or received):
            raise AttachmentUnavailable(name=file.name, why="it came incomplete")

    def is_slacks(self, url: str) -> bool:
        """Whether an address is Slack's, over TLS; where Slack is on this machine, so are files."""
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            return False
        if on_this_machine(self._client.base_url):
            return parts.scheme in {"http", "https"} and on_this_machine(url)
        return parts.scheme == "https" and _is_of_slack(host)

    async def _download(self, found: Any, file: AttachedFile, to: Path) -> int:
        url = found.get("url_private_download") or found.get("url_private")
        if not url or found.get("is_external") or not self.is_slacks(str(url)):
            raise AttachmentUnavailable(name=file.name, why="it lies outside Slack")
        timeout = aiohttp.ClientTimeout(total=DOWNLOAD_SECONDS)
        bearer = {"Authorization": f"Bearer {self._client.token}"}
        # Without the right to read it, Slack redirects to its sign-in page.
        async with self._session.get(
            url, headers=bearer, timeout=timeout, allow_redirects=False
        ) as answer:
            if answer.status != 200:
                raise AttachmentUnavailable(name=file.name, why=f"HTTP {answer.status}")
            return await _write(answer.content.iter_chunked(2**18), file, to)


def _is_of_slack(host: str) -> bool:
    return host in SLACK_HOSTS or host.endswith(tuple(f".{each}" for each in SLACK_HOSTS))


def _open_private(path: Path) -> IO[bytes]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    return os.fdopen(os.open(path, flags, 0o600), "wb")


async def _write(chunks: AsyncIterator[bytes], file: AttachedFile, to: Path) -> int:
    received = 0
    with _open_private(to) as out:
        async for chunk in chunks:
            received += len(chunk)
            if received > MOST_BYTES:
                raise AttachmentUnavailable(
                    name=file.name, why=f"it exceeds {size_words(MOST_BYTES)}"
                )
            out.write(chunk)
    return received
