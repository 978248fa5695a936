"""The device's desk at the core, over signed HTTP."""

import contextlib
import hashlib
import secrets
import time
from pathlib import Path
from typing import IO, TypeVar
from urllib.parse import quote, urlsplit

import requests
from pydantic import ValidationError

from device_agent.core_address import is_here
from device_agent.errors import (
    CoreAway,
    CoreInTrouble,
    FileTooLarge,
    OtherBytes,
    PairingGone,
    RefusedByCore,
)
from device_agent.identity import Identity
from dispatch_core.protocol import (
    CLAIM_WAIT_SECONDS,
    ArtifactReceipt,
    ClaimReply,
    DeviceReport,
    PairReply,
    PairRequest,
    Preparation,
    PreparedReply,
    Progress,
    ProgressReply,
    Refusal,
    ReportReply,
    StepOrder,
    StepQuestion,
    StepResult,
    Wire,
)
from dispatch_core.signing import (
    HEADER_DEVICE,
    HEADER_NONCE,
    HEADER_SHA256,
    HEADER_SIGNATURE,
    HEADER_TIME,
    signing_text_of,
)
from dispatch_core.sizes import size_words

CONNECT_SECONDS = 5
ANSWER_SECONDS = 30
UPLOAD_SECONDS = 300
MAX_DOWNLOAD_BYTES = 100 * 1024 * 1024

Reply = TypeVar("Reply", bound=Wire)


class Client:
    """One request after the other; each thread has a client of its own (see another)."""

    def __init__(self, url: str, identity: Identity, device_id: str = "", name: str = "") -> None:
        self.url = url
        self._identity = identity
        self._device_id = device_id
        self._name = name
        self._prefix = urlsplit(url).path
        self._session = requests.Session()
        # Neither a proxy nor a .netrc has a say in talk with this same computer.
        self._session.trust_env = not is_here(url)

    def another(self) -> "Client":
        """A client for another thread: a requests session is not made to be shared."""
        return Client(self.url, self._identity, self._device_id, self._name)

    def close(self) -> None:
        """Close its connections."""
        self._session.close()

    def pair(self, request: PairRequest) -> PairReply:
        """Redeem a code; raises RefusedByCore, CoreAway."""
        return self._post("/device/pair", request, PairReply)

    def report(self, report: DeviceReport) -> ReportReply:
        """Say what the device can and may do; raises PairingGone, CoreAway."""
        return self._post("/device/report", report, ReportReply)

    def claim(self, wait: float = CLAIM_WAIT_SECONDS) -> StepOrder | StepQuestion | None:
        """The next step, waiting for it up to wait seconds; raises PairingGone, CoreAway."""
        target = f"/device/claim?wait={wait:g}"
        reply = self._post(target, None, ClaimReply, wait + ANSWER_SECONDS)
        return reply.order or reply.question

    def prepared(self, step_id: str, preparation: Preparation) -> StepOrder | None:
        """Say what the device thinks of a step; raises PairingGone, CoreAway, RefusedByCore."""
        target = f"/device/steps/{quote(step_id, safe='')}/prepared"
        return self._post(target, preparation, PreparedReply).order

    def progress(self, step_id: str, progress: Progress) -> ProgressReply:
        """Renew a step's lease; raises PairingGone, CoreAway, RefusedByCore."""
        target = f"/device/steps/{quote(step_id, safe='')}/progress"
        return self._post(target, progress, ProgressReply)

    def end(self, step_id: str, result: StepResult) -> None:
        """Hand a step's end over; raises PairingGone, CoreAway, RefusedByCore."""
        body = result.model_dump_json(by_alias=True).encode()
        self._send("POST", f"/device/steps/{quote(step_id, safe='')}/end", body)

    def upload(self, step_id: str, name: str, path: Path, kind: str = "") -> ArtifactReceipt:
        """Send a file whose bytes stay as they are meanwhile; raises as end does.

        Without a kind the core finds it out from the bytes.
        """
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            step, plain = quote(step_id, safe=""), quote(name, safe="", errors="replace")
            target = f"/device/steps/{step}/artifacts/{plain}?kind={quote(kind, safe='')}"
            body: IO[bytes] | bytes = file if path.stat().st_size else b""
            answer = self._send("PUT", target, body, digest, UPLOAD_SECONDS)
        return self._parse(ArtifactReceipt, answer)

    def download(
        self, step_id: str, name: str, target: Path, limit: int = MAX_DOWNLOAD_BYTES
    ) -> None:
        """Write an attached file of a step's thread to target, in place of what is there.

        Raises as end does, FileTooLarge, and OtherBytes where they are not those that were sent.
        """
        step, plain = quote(step_id, safe=""), quote(name, safe="", errors="replace")
        path = f"/device/steps/{step}/files/{plain}"
        answer = self._send("GET", path, b"", "", UPLOAD_SECONDS, stream=True)
        try:
            with contextlib.closing(answer), target.open("wb") as file:
                digest = _copied(answer, file, name, limit)
        except requests.RequestException as error:
            raise CoreAway(url=self.url, why=_why(error)) from None
        if digest != answer.headers.get(HEADER_SHA256):
            raise OtherBytes(name=name)

    def _post(
        self,
        target: str,
        message: Wire | None,
        reply: type[Reply],
        seconds: float = ANSWER_SECONDS,
    ) -> Reply:
        body = message.model_dump_json(by_alias=True).encode() if message else b""
        return self._parse(reply, self._send("POST", target, body, seconds=seconds))

    def _send(
        self,
        method: str,
        target: str,
        body: bytes | IO[bytes],
        digest: str = "",
        seconds: float = ANSWER_SECONDS,
        *,
        stream: bool = False,
    ) -> requests.Response:
        prepared = self._signed(method, target, body, digest)
        settings = self._session.merge_environment_settings(prepared.url, {}, stream, None, None)
        try:
            answer = self._session.send(
                prepared, timeout=(CONNECT_SECONDS, seconds), allow_redirects=False, **settings
            )
        except requests.RequestException as error:
            raise CoreAway(url=self.url, why=_why(error)) from None
        self._check(answer)
        return answer

    def _signed(
        self, method: str, target: str, body: bytes | IO[bytes], digest: str
    ) -> requests.PreparedRequest:
        digest = digest or hashlib.sha256(body if isinstance(body, bytes) else b"").hexdigest()
        headers = {"Content-Type": "application/json", HEADER_SHA256: digest}
        prepared = self._session.prepare_request(
            requests.Request(method, self.url + target, data=body, headers=headers)
        )
        # What is signed is what is sent: requests may quote a path anew.
        sent = (prepared.path_url or "").removeprefix(self._prefix)
        prepared.headers.update(self._signature(method, sent, digest))
        return prepared

    def _signature(self, method: str, target: str, digest: str) -> dict[str, str]:
        moment, nonce = str(int(time.time())), secrets.token_urlsafe(18)
        text = signing_text_of(method, target, digest, moment, nonce)
        return {
            HEADER_DEVICE: self._device_id,
            HEADER_TIME: moment,
            HEADER_NONCE: nonce,
            HEADER_SIGNATURE: self._identity.sign(text),
        }

    def _check(self, answer: requests.Response) -> None:
        status = answer.status_code
        if status == 200:
            return
        try:
            refusal = Refusal.model_validate_json(answer.content)
        except ValidationError:
            raise CoreAway(url=self.url, why=f"it answers {status}, not as Dispatch does") from None
        if refusal.error == "BadSignature" and self._device_id:
            raise PairingGone(name=self._name, url=self.url)
        # A pairing that is refused for too many tries is for a person, not for a loop.
        if (status >= 500 or refusal.error == "ClockSkew") and self._device_id:
            raise CoreInTrouble(url=self.url, why=refusal.message)
        raise RefusedByCore(error=refusal.error, message=refusal.message)

    def _parse(self, reply: type[Reply], answer: requests.Response) -> Reply:
        try:
            return reply.model_validate_json(answer.content)
        except ValidationError:
            raise CoreAway(url=self.url, why="its answer can't be read") from None


def _copied(answer: requests.Response, file: IO[bytes], name: str, limit: int) -> str:
    """The SHA-256 of what came; raises FileTooLarge as soon as it is too much."""
    digest, size = hashlib.sha256(), 0
    for piece in answer.iter_content(256 * 1024):
        size += len(piece)
        if size > limit:
            most = size_words(limit)
            raise FileTooLarge(path=name, size=f"more than {most}", limit=most)
        digest.update(piece)
        file.write(piece)
    return digest.hexdigest()


def _why(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted here"
    if isinstance(error, requests.Timeout):
        return "it took too long"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return type(error).__name__
