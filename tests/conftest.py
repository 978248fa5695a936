"""What every room's tests stand on: a clean environment and homes of their own."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.payloads.recorded"]

SCRUBBED = ("SLACK_", "DISPATCH_")
# A machine that stalls is no finding: no example is timed, nor how fast examples are made.
settings.register_profile("dispatch", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dispatch")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: many tests wait for processes, pages and time-outs."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the settings of the person who runs it, nor a `.env` where it was started."""
    for name in [name for name in os.environ if name.startswith(SCRUBBED)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DISPATCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DISPATCH_DEVICE_HOME", str(tmp_path / "device-home"))
    # No test writes into the keyring of the person who runs it.
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home for one server."""
    path = tmp_path / "home"
    path.mkdir(exist_ok=True)
    return path


@pytest.fixture
def free_port() -> Iterator[Callable[[], int]]:
    """Ports that nobody listens on; for processes that can't be told port 0.

    Each is held by a bound socket until the test ends, so that two tests never get the same one;
    SO_REUSEADDR lets the process bind it all the same, since the holder never listens.
    """
    held: list[socket.socket] = []

    def take() -> int:
        holder = socket.socket()
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        held.append(holder)
        return int(holder.getsockname()[1])

    yield take
    for holder in held:
        holder.close()
