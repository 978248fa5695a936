"""The device's Ed25519 key, in the system's keyring, else in a file that its owner alone reads."""

import base64
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from device_agent.errors import DamagedFile, KeyringTrouble, MissingKey, OpenKey
from device_agent.keyrings import SystemKeyring, find_keyring
from device_agent.settings import write_private
from dispatch_core.signing import key_fingerprint

KEY_FILE = "identity.key"


class Identity:
    """Who this device is: its private key never leaves this computer. place says where it is."""

    def __init__(self, key: Ed25519PrivateKey, place: str = "nowhere yet") -> None:
        self._key = key
        self.place = place

    @classmethod
    def new(cls) -> "Identity":
        """A fresh one; each pairing has its own."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def load(cls, home: Path) -> "Identity":
        """Read it; a key that is in a file stays there.

        Raises MissingKey, OpenKey, DamagedFile, LockedKeyring, KeyringTrouble.
        """
        path = home / KEY_FILE
        try:
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise OpenKey(path=path)
            return cls._from(path.read_bytes(), str(path))
        except FileNotFoundError:
            return cls._from_keyring(home)

    @classmethod
    def _from_keyring(cls, home: Path) -> "Identity":
        keyring = find_keyring(home)
        secret = keyring.read() if keyring else None
        if keyring is None or secret is None:
            raise MissingKey(home=home)
        return cls._from(secret.encode(), _place(keyring))

    @classmethod
    def _from(cls, secret: bytes, place: str) -> "Identity":
        try:
            raw = base64.b64decode(secret, validate=True)
            return cls(Ed25519PrivateKey.from_private_bytes(raw), place)
        except ValueError:
            mend = "pair this computer again"
            raise DamagedFile(path=place, why="it holds no key", mend=mend) from None

    def save(self, home: Path, keyring: SystemKeyring | None = None) -> None:
        """Replace the key, in the keyring if one is given that keeps it, else in a file."""
        secret = base64.b64encode(self._key.private_bytes_raw())
        if keyring is not None and self._fits(keyring, secret.decode()):
            (home / KEY_FILE).unlink(missing_ok=True)
            return
        write_private(home / KEY_FILE, secret)
        self.place = str(home / KEY_FILE)

    def _fits(self, keyring: SystemKeyring, secret: str) -> bool:
        try:
            keyring.write(secret)
        except KeyringTrouble:
            return False
        self.place = _place(keyring)
        return True

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


def usable_keyring(home: Path) -> SystemKeyring | None:
    """The keyring for a new key, tried out now; None where it can't be used: then a file is.

    Raises LockedKeyring: a file is not taken unasked where a keyring is only closed.
    """
    keyring = find_keyring(home)
    try:
        if keyring is not None:
            keyring.read()
    except KeyringTrouble:
        return None
    return keyring


def _place(keyring: SystemKeyring) -> str:
    return f"the system keyring ({keyring.name})"


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
