"""The device's Ed25519 key, in a file that only its owner can read."""

import base64
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from device_agent.errors import DamagedFile, NotPairedYet, OpenKey
from device_agent.settings import write_private
from dispatch_core.protocol import key_fingerprint


class Identity:
    """Who this device is: its private key never leaves this computer."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def new(cls) -> "Identity":
        """A fresh one; each pairing has its own."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def load(cls, home: Path) -> "Identity":
        """Read it; raises NotPairedYet, OpenKey, DamagedFile."""
        path = home / "identity.key"
        try:
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise OpenKey(path=path)
            raw = base64.b64decode(path.read_bytes(), validate=True)
            return cls(Ed25519PrivateKey.from_private_bytes(raw))
        except FileNotFoundError:
            raise NotPairedYet from None
        except ValueError:
            mend = "pair this computer again"
            raise DamagedFile(path=path, why="it holds no key", mend=mend) from None

    def save(self, home: Path) -> None:
        """Replace the key in one move."""
        write_private(home / "identity.key", base64.b64encode(self._key.private_bytes_raw()))

    @property
    def public_text(self) -> str:
        """The raw public key in base64url, as it is sent."""
        return _text(self._key.public_key().public_bytes_raw())

    @property
    def fingerprint(self) -> str:
        """The public key's fingerprint, for people to compare."""
        return key_fingerprint(self._key.public_key().public_bytes_raw())

    def sign(self, text: bytes) -> str:
        """An Ed25519 signature in base64url."""
        return _text(self._key.sign(text))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
