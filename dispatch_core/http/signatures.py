"""Who sent a device's request: its Ed25519 signature, its time and its nonce."""

import base64
import binascii
import hashlib
import hmac
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from dispatch_core.device_errors import BadSignature, ClockSkew, Replayed
from dispatch_core.errors import BadMessage
from dispatch_core.http.verbs import Verbs
from dispatch_core.signing import (
    CLOCK_SKEW_SECONDS,
    HEADER_DEVICE,
    HEADER_NONCE,
    HEADER_SHA256,
    HEADER_SIGNATURE,
    HEADER_TIME,
    signing_text_of,
)

NONCE = re.compile(r"[A-Za-z0-9_-]{16,128}")
DEVICE = re.compile(r"[!-~]{1,64}")
TIME = re.compile(r"[0-9]{1,15}")
SHA256 = re.compile(r"[0-9a-f]{64}")
# One answer for an unknown device, a revoked one and a wrong key: it tells nobody which it was.
UNKNOWN = "this server knows no such device and key"

Clock = Callable[[], float]


def decode_key(text: str) -> bytes:
    """A raw 32-byte key from base64url; raises BadMessage."""
    try:
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise BadMessage(problem="publicKey is not a 32-byte key in base64url")
    return key


@dataclass(frozen=True, slots=True)
class Signature:
    """What a request's headers claim; target is the path with its query as it was sent."""

    method: str
    target: str
    device_id: str
    time: str
    nonce: str
    value: str

    @classmethod
    def of(cls, request: web.Request) -> "Signature":
        """Read the headers; raises BadMessage where one is malformed."""
        nonce = request.headers.get(HEADER_NONCE, "")
        if not NONCE.fullmatch(nonce):
            raise BadMessage(problem=f"{HEADER_NONCE} needs 16 or more random characters")
        return cls(
            method=request.method,
            target=request.raw_path,
            device_id=request.headers.get(HEADER_DEVICE, ""),
            time=request.headers.get(HEADER_TIME, ""),
            nonce=nonce,
            value=request.headers.get(HEADER_SIGNATURE, ""),
        )

    def check_time(self, now: float) -> None:
        """Raise ClockSkew where the request is too old or from the future."""
        sent = int(self.time) if TIME.fullmatch(self.time) else 0
        if abs(now - sent) > CLOCK_SKEW_SECONDS:
            raise ClockSkew(limit=CLOCK_SKEW_SECONDS)

    def check_key(self, public_key: bytes, digest: str) -> None:
        """Raise BadSignature unless this key signed this request with a body of this digest."""
        text = signing_text_of(self.method, self.target, digest, self.time, self.nonce)
        try:
            signature = base64.urlsafe_b64decode(self.value + "=" * (-len(self.value) % 4))
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, text)
        except (InvalidSignature, ValueError):
            raise BadSignature(why=UNKNOWN) from None


class Authenticator:
    """Lets in only requests that a paired, unrevoked device signed, each one once."""

    def __init__(self, verbs: Verbs, clock: Clock = time.time) -> None:
        self._verbs = verbs
        self._clock = clock

    async def device(self, request: web.Request, digest: str) -> str:
        """The id of the device that signed a body of this SHA-256 (hex)."""
        signature = Signature.of(request)
        signature.check_time(self._clock())
        known = DEVICE.fullmatch(signature.device_id)
        key = await self._verbs.device_key(signature.device_id) if known else None
        if key is None:
            raise BadSignature(why=UNKNOWN)
        signature.check_key(key, digest)
        # Last, so that only the device itself can use a nonce up.
        if not await self._verbs.use_nonce(signature.device_id, signature.nonce):
            raise Replayed
        return signature.device_id

    def newcomer(self, request: web.Request, body: bytes, public_key: str) -> None:
        """Check that a pairing request is signed with the key that it brings."""
        signature = Signature.of(request)
        signature.check_time(self._clock())
        signature.check_key(decode_key(public_key), hashlib.sha256(body).hexdigest())


def claimed_digest(request: web.Request) -> str:
    """The SHA-256 that an upload's header gives for its body; raises BadMessage."""
    digest = request.headers.get(HEADER_SHA256, "")
    if not SHA256.fullmatch(digest):
        raise BadMessage(problem=f"{HEADER_SHA256} needs the body's SHA-256 in hex")
    return digest


def same_digest(one: str, other: str) -> bool:
    """Compare two digests in constant time."""
    return hmac.compare_digest(one, other)
