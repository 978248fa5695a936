"""How a device signs each request, and how its key is shown to people."""

import hashlib

CLOCK_SKEW_SECONDS = 120

HEADER_DEVICE = "X-Dispatch-Device"
HEADER_TIME = "X-Dispatch-Time"
HEADER_NONCE = "X-Dispatch-Nonce"
HEADER_SIGNATURE = "X-Dispatch-Signature"
HEADER_SHA256 = "X-Dispatch-Sha256"


def signing_text(method: str, target: str, body: bytes, time: str, nonce: str) -> bytes:
    """The bytes that a device signs with Ed25519.

    target is the path with its query as sent; time is Unix seconds in decimal; nonce is 16 or more
    random characters, used once. An artifact's upload signs its body's hash like any other. Where
    the core stands behind a path, target leaves that path out: it starts with /device/.
    """
    return signing_text_of(method, target, hashlib.sha256(body).hexdigest(), time, nonce)


def signing_text_of(method: str, target: str, digest: str, time: str, nonce: str) -> bytes:
    """signing_text for a body that is known by its SHA-256 in hex, as an artifact's is."""
    return "\n".join(["dispatch-v1", method.upper(), target, digest, time, nonce]).encode()


def key_fingerprint(public_key: bytes) -> str:
    """A public key's SHA-256 in eight groups of four hex digits, for people to compare."""
    digest = hashlib.sha256(public_key).hexdigest()[:32]
    return " ".join(digest[i : i + 4] for i in range(0, 32, 4))
