"""macOS: an agent of launchd."""

import contextlib
import os
import plistlib
from dataclasses import dataclass
from pathlib import Path

from device_agent.errors import ManagerRefused
from device_agent.living.service import RESTART_SECONDS, STOP_SECONDS, Program, ask_manager

INSTEAD = "keep `dispatch-device run` going in a terminal"


@dataclass(frozen=True)
class LaunchAgent:
    """A Service: launchd starts it at login, and again where it fails."""

    program: Program

    @property
    def path(self) -> Path:
        """Where launchd looks for a person's own agents."""
        return Path("~/Library/LaunchAgents").expanduser() / f"{self._label}.plist"

    def text(self) -> str:
        """The property list."""
        facts = {
            "Label": self._label,
            "ProgramArguments": self.program.words,
            "EnvironmentVariables": self.program.environment,
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ThrottleInterval": RESTART_SECONDS,
            "ExitTimeOut": STOP_SECONDS,
            "ProcessType": "Interactive",  # a person waits for what it does
        }
        return plistlib.dumps(facts).decode()

    def start(self) -> str:
        """Load it anew, so that a changed list counts."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(ManagerRefused):  # it was not loaded
            self._launchctl("bootout", self._target)
        self.path.write_text(self.text())
        self._launchctl("bootstrap", self._domain, str(self.path))
        return "macOS asks you once for each thing that it may look at: files, screen, keyboard."

    def stop(self) -> None:
        """Unload it."""
        with contextlib.suppress(ManagerRefused):
            self._launchctl("bootout", self._target)
        self.path.unlink()

    @property
    def _label(self) -> str:
        return f"dev.dispatch.{self.program.name}"

    @property
    def _domain(self) -> str:
        return f"gui/{os.getuid()}"

    @property
    def _target(self) -> str:
        return f"{self._domain}/{self._label}"

    def _launchctl(self, *words: str) -> str:
        return ask_manager("launchctl", *words, instead=INSTEAD)
