"""A keyring backend for tests, by keyring's own API: entries in a file that TEST_KEYRING names.

A file called "locked" beside it locks it; "deaf" makes it take everything and keep nothing.
"""

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

NAME = "tests.device_agent.keyring_in_a_file.Keyring"


class Keyring(KeyringBackend):
    """Keeps secrets as JSON; better than any other where it is asked for by name."""

    priority = 9  # type: ignore[assignment]
    name = "Test Keyring"  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        return self._entries().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        entries = self._entries() | {f"{service}/{username}": password}
        if not _path().with_name("deaf").exists():
            _path().write_text(json.dumps(entries))

    def delete_password(self, service: str, username: str) -> None:
        entries = self._entries()
        if entries.pop(f"{service}/{username}", None) is None:
            raise PasswordDeleteError
        _path().write_text(json.dumps(entries))

    def _entries(self) -> dict[str, str]:
        if _path().with_name("locked").exists():
            raise KeyringLocked("Failed to unlock the collection!")
        return json.loads(_path().read_text()) if _path().exists() else {}


def _path() -> Path:
    return Path(os.environ["TEST_KEYRING"])
