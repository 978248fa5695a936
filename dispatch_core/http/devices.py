"""What paired devices ask for: to be paired, to report, to claim, to tell how a step goes."""

import asyncio
import contextlib
import hashlib
from typing import TypeVar

from aiohttp import web
from pydantic import ValidationError

from dispatch_core.errors import BadMessage
from dispatch_core.http.attempts import PairingAttempts
from dispatch_core.http.device_files import STEP, DeviceFileDoor
from dispatch_core.http.hangups import WAITS
from dispatch_core.http.signatures import Authenticator
from dispatch_core.http.uploads import Uploads
from dispatch_core.http.verbs import Verbs
from dispatch_core.log_context import note
from dispatch_core.protocol import (
    CLAIM_WAIT_SECONDS,
    ClaimReply,
    DeviceReport,
    PairRequest,
    Preparation,
    PreparedReply,
    Progress,
    StepOrder,
    StepQuestion,
    StepResult,
    Wire,
)

# No file system that a device knows takes a longer name.
MOST_NAME_CHARS = 255

Message = TypeVar("Message", bound=Wire)


class DeviceDoor:
    """The handlers under /device/; each one authenticates, calls one verb and answers."""

    def __init__(self, verbs: Verbs, authenticator: Authenticator, uploads: Uploads) -> None:
        self._verbs = verbs
        self._authenticator = authenticator
        self._uploads = uploads
        self._attempts = PairingAttempts()
        self._closing = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        """The device's endpoints, as protocol.py describes them."""
        return [
            web.post("/device/pair", self.pair),
            web.post("/device/report", self.report),
            web.post("/device/claim", self.claim, name=WAITS),
            web.post(STEP + "/prepared", self.prepared),
            web.post(STEP + "/progress", self.progress),
            web.post(STEP + "/end", self.end),
            web.put(STEP + "/artifacts/{name:[^/]+}", self.upload),
            *DeviceFileDoor(self._verbs, self._authenticator).routes(),
        ]

    async def close(self, _app: web.Application) -> None:
        """Answer those who wait for work at once, so that a stop need not wait for them."""
        self._closing.set()

    async def pair(self, request: web.Request) -> web.Response:
        """Redeem a code; no device id yet, so the key in the message must have signed it."""
        self._attempts.note(request.remote or "")
        body = await request.read()
        message = _parse(PairRequest, body)
        self._authenticator.newcomer(request, body, message.public_key)
        return _reply(await self._verbs.redeem(message))

    async def report(self, request: web.Request) -> web.Response:
        """Take the device's capabilities and permissions."""
        device_id, body = await self._signed(request)
        return _reply(await self._verbs.report(device_id, _parse(DeviceReport, body)))

    async def claim(self, request: web.Request) -> web.Response:
        """Hold the request until there is work, at most CLAIM_WAIT_SECONDS."""
        device_id, _ = await self._signed(request)
        work = await self._wait_for_work(device_id, _seconds(request.query.get("wait", "0")))
        if isinstance(work, StepQuestion):
            return _reply(ClaimReply(question=work))
        return _reply(ClaimReply(order=work))

    async def prepared(self, request: web.Request) -> web.Response:
        """Take what a device says to a step before it is done."""
        device_id, body = await self._signed(request)
        step_id = request.match_info["step_id"]
        order = await self._verbs.prepared(device_id, step_id, _parse(Preparation, body))
        return _reply(PreparedReply(order=order))

    async def progress(self, request: web.Request) -> web.Response:
        """Renew a step's lease and take its new output."""
        device_id, body = await self._signed(request)
        step_id = request.match_info["step_id"]
        progress = _parse(Progress, body)
        return _reply(await self._verbs.progress(device_id, step_id, progress))

    async def end(self, request: web.Request) -> web.Response:
        """Take how a step ended."""
        device_id, body = await self._signed(request)
        result = _parse(StepResult, body)
        await self._verbs.end_step(device_id, request.match_info["step_id"], result)
        return web.json_response({})

    async def upload(self, request: web.Request) -> web.Response:
        """Keep a file that a step made."""
        info = request.match_info
        kind = request.query.get("kind", "")
        _check_name(info["name"], kind)
        async with self._uploads.receive(request) as (device_id, source):
            note(device_id=device_id, step_id=info["step_id"])
            receipt = await self._verbs.save_device_artifact(
                device_id, info["step_id"], info["name"], kind, source
            )
        return _reply(receipt)

    async def _signed(self, request: web.Request) -> tuple[str, bytes]:
        body = await request.read()
        digest = hashlib.sha256(body).hexdigest()
        device_id = await self._authenticator.device(request, digest)
        note(device_id=device_id, step_id=request.match_info.get("step_id"))
        return device_id, body

    async def _wait_for_work(self, device_id: str, wait: float) -> StepOrder | StepQuestion | None:
        claim = asyncio.ensure_future(self._verbs.claim_step(device_id, wait))
        closing = asyncio.ensure_future(self._closing.wait())
        try:
            await asyncio.wait({claim, closing}, return_when=asyncio.FIRST_COMPLETED)
            if claim.done():
                return claim.result()
        finally:
            # A claim that is cut off here has told nobody: its lease runs out, it is offered again.
            for task in (claim, closing):
                task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            return await claim
        return None


def _seconds(text: str) -> float:
    try:
        wait = float(text)
    except ValueError:
        wait = -1.0
    if not wait >= 0:
        raise BadMessage(problem="wait is not a number of seconds")
    return min(wait, CLAIM_WAIT_SECONDS)


def _check_name(name: str, kind: str) -> None:
    if "\0" in name + kind or max(len(name), len(kind)) > MOST_NAME_CHARS:
        raise BadMessage(problem=f"a name has no NUL and at most {MOST_NAME_CHARS} characters")


def _parse(model: type[Message], body: bytes) -> Message:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the body"
        raise BadMessage(problem=f"{where}: {first['msg']}") from None


def _reply(message: Wire) -> web.Response:
    return web.Response(
        text=message.model_dump_json(by_alias=True), content_type="application/json"
    )
