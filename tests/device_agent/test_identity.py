"""Where the device's key is kept: in the system's keyring, else in a file."""

import stat
from pathlib import Path

import keyring
import pytest

from device_agent.errors import LockedKeyring, MissingKey, OpenKey
from device_agent.identity import KEY_FILE, Identity, usable_keyring
from device_agent.keyrings import find_keyring
from tests.device_agent.keyring_in_a_file import NAME


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> Path:
    """A folder with a keyring in it that is the system's, until the test ends."""
    folder = tmp_path / "keyring"
    folder.mkdir()
    monkeypatch.setenv("TEST_KEYRING", str(folder / "entries.json"))
    _use(monkeypatch, NAME)
    return folder


def _use(monkeypatch: pytest.MonkeyPatch, backend: str) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)


def test_a_key_goes_into_the_keyring_and_comes_back_from_it(place: Path, home: Path) -> None:
    identity = Identity.new()
    identity.save(home, usable_keyring(home))
    again = Identity.load(home)
    assert again.public_text == identity.public_text
    assert again.place == "the system keyring (Test Keyring)"
    assert not (home / KEY_FILE).exists()


def test_two_homes_have_two_keys(place: Path, home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for one in (home, other):
        Identity.new().save(one, usable_keyring(one))
    assert Identity.load(home).public_text != Identity.load(other).public_text


def test_a_key_that_is_in_a_file_stays_there(place: Path, home: Path) -> None:
    identity = Identity.new()
    identity.save(home)
    assert Identity.load(home).public_text == identity.public_text
    assert Identity.load(home).place == str(home / KEY_FILE)
    assert not (place / "entries.json").exists()


def test_pairing_anew_moves_from_the_file_to_the_keyring(place: Path, home: Path) -> None:
    Identity.new().save(home)
    Identity.new().save(home, usable_keyring(home))
    assert "keyring" in Identity.load(home).place


def test_a_locked_keyring_is_one_sentence_and_no_file_is_taken_instead(
    place: Path, home: Path
) -> None:
    Identity.new().save(home, usable_keyring(home))
    (place / "locked").touch()
    for look in (Identity.load, usable_keyring):
        with pytest.raises(LockedKeyring, match="The system keyring is locked; unlock it"):
            look(home)
    assert not (home / KEY_FILE).exists()


def test_a_keyring_that_keeps_nothing_is_found_out_and_a_file_is_taken(
    place: Path, home: Path
) -> None:
    (place / "deaf").touch()
    identity = Identity.new()
    identity.save(home, usable_keyring(home))
    assert identity.place == str(home / KEY_FILE)
    assert stat.S_IMODE((home / KEY_FILE).stat().st_mode) == 0o600
    assert Identity.load(home).public_text == identity.public_text


@pytest.mark.parametrize(
    "backend", ["keyring.backends.fail.Keyring", "keyring.backends.null.Keyring"]
)
def test_where_there_is_no_usable_keyring_the_key_is_in_a_private_file(
    home: Path, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    _use(monkeypatch, backend)
    assert find_keyring(home) is None
    identity = Identity.new()
    identity.save(home, usable_keyring(home))
    assert Identity.load(home).public_text == identity.public_text
    (home / KEY_FILE).chmod(0o640)
    with pytest.raises(OpenKey):
        Identity.load(home)


def test_a_backend_that_is_not_there_counts_as_none(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _use(monkeypatch, "no.such.Keyring")
    assert find_keyring(home) is None


def test_a_key_that_is_nowhere_is_one_sentence(place: Path, home: Path) -> None:
    with pytest.raises(MissingKey, match=f"neither in {home} nor in a keyring"):
        Identity.load(home)
