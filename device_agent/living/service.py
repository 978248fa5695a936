"""What every service manager is told of the companion, and how a manager is spoken to."""

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from device_agent.errors import ManagerRefused, NoManager

DEFAULT_HOME = "~/.dispatch-device"
MANAGER_SECONDS = 60
# The companion takes ten seconds to end a command, and a little to say so.
STOP_SECONDS = 30
RESTART_SECONDS = 30


@dataclass(frozen=True)
class Program:
    """What is to run: one companion for one home, with the search path that it was installed by.

    -P keeps a folder that happens to be called device_agent from being taken for the companion.
    """

    home: Path
    python: str = sys.executable
    path: str = field(default_factory=lambda: os.environ.get("PATH", os.defpath))

    @property
    def words(self) -> list[str]:
        """The command line."""
        return [self.python, "-P", "-m", "device_agent", "run", "--service"]

    @property
    def environment(self) -> dict[str, str]:
        """What it needs to be told, since a manager's own environment is nearly empty."""
        return {"DISPATCH_DEVICE_HOME": str(self.home), "PATH": self.path}

    @property
    def name(self) -> str:
        """The service's name: another home is another service."""
        if self.home == Path(DEFAULT_HOME).expanduser().resolve():
            return "dispatch-device"
        return f"dispatch-device-{hashlib.sha256(str(self.home).encode()).hexdigest()[:8]}"


class Service(Protocol):
    """The companion in the hands of one kind of service manager."""

    @property
    def path(self) -> Path:
        """The file that tells the manager of it."""

    def text(self) -> str:
        """What that file says."""

    def start(self) -> str:
        """Write the file and start it, now and at each login; a hint for its owner.

        Raises NoManager, ManagerRefused.
        """

    def stop(self) -> None:
        """Stop it and take the file away; raises NoManager, ManagerRefused."""


def ask_manager(*words: str, instead: str) -> str:
    """Run a manager's command; its output. instead says what to do where there is none.

    Raises NoManager, ManagerRefused.
    """
    try:
        done = subprocess.run(  # noqa: S603 (fixed words, and names of our own)
            words, capture_output=True, text=True, timeout=MANAGER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        why = "it took too long" if isinstance(error, subprocess.TimeoutExpired) else "not found"
        raise NoManager(command=words[0], why=why, instead=instead) from None
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or [f"exit {done.returncode}"]
        raise ManagerRefused(command=" ".join(words), why=said[-1])
    return done.stdout
