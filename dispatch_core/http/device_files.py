"""Hands a device the attached file that its step is to save."""

import asyncio
import hashlib
from pathlib import Path

from aiohttp import web

from dispatch_core.http.signatures import Authenticator
from dispatch_core.http.verbs import Verbs
from dispatch_core.log_context import note
from dispatch_core.signing import HEADER_SHA256

# Ids of steps and nothing else: what no step can have as its id is found nowhere.
STEP = "/device/steps/{step_id:[0-9A-Za-z-]{1,64}}"
NOTHING = hashlib.sha256(b"").hexdigest()


class DeviceFileDoor:
    """GET /device/steps/{step_id}/files/{name}: its bytes, and their SHA-256 in a header."""

    def __init__(self, verbs: Verbs, authenticator: Authenticator) -> None:
        self._verbs = verbs
        self._authenticator = authenticator

    def routes(self) -> list[web.RouteDef]:
        """The one endpoint."""
        target = STEP + "/files/{name:[^/]+}"
        return [web.get(target, self.download, allow_head=False)]

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Only to the device that holds the step; it signs an empty body."""
        device_id = await self._authenticator.device(request, NOTHING)
        info = request.match_info
        note(device_id=device_id, step_id=info["step_id"])
        path = await self._verbs.attached_file(device_id, info["step_id"], info["name"])
        digest = await asyncio.to_thread(_digest, path)
        return web.FileResponse(path, headers={HEADER_SHA256: digest})


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
