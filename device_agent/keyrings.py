"""The system's keyring, where there is one that can be used: it keeps one secret for each home."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from device_agent.errors import KeyringTrouble, LockedKeyring

SERVICE = "dispatch-device"
# keyring's own measure: fail is 0, null -1, a plain file below 1.
LEAST_PRIORITY = 1.0


class SystemKeyring:
    """The keyring's entry for one device home; each verb may wait for a person to unlock it."""

    def __init__(self, backend: KeyringBackend, home: Path) -> None:
        self._backend = backend
        self._account = str(home)

    @property
    def name(self) -> str:
        """The backend's own name, such as "SecretService Keyring"."""
        return str(self._backend.name)

    def read(self) -> str | None:
        """The secret; None where there is none. Raises LockedKeyring, KeyringTrouble."""
        with _in_words():
            return self._backend.get_password(SERVICE, self._account)

    def write(self, secret: str) -> None:
        """Keep the secret, and look whether it was kept: a null backend takes all and keeps none.

        Raises LockedKeyring, KeyringTrouble.
        """
        with _in_words():
            self._backend.set_password(SERVICE, self._account, secret)
        if self.read() != secret:
            raise KeyringTrouble(why="it did not keep what was given to it")

    def forget(self) -> None:
        """Drop the secret, if there is one."""
        with contextlib.suppress(KeyringTrouble), _in_words():
            self._backend.delete_password(SERVICE, self._account)


def find_keyring(home: Path) -> SystemKeyring | None:
    """The keyring of this session; None where there is none (a server, a bare login)."""
    try:
        backend = keyring.get_keyring()
        usable = float(backend.priority) >= LEAST_PRIORITY
    except Exception:  # noqa: BLE001 (a backend that others wrote may raise anything)
        return None
    return SystemKeyring(backend, home) if usable else None


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except KeyringLocked:
        raise LockedKeyring from None
    except KeyringTrouble:
        raise
    except Exception as error:  # noqa: BLE001 (as above)
        raise KeyringTrouble(why=str(error) or type(error).__name__) from None
