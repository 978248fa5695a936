"""Linux: a user unit of systemd."""

import os
from dataclasses import dataclass
from pathlib import Path

from device_agent.errors import ManagerRefused, NoManager
from device_agent.living.service import RESTART_SECONDS, STOP_SECONDS, Program, ask_manager

INSTEAD = "keep `dispatch-device run` going by other means, such as cron's @reboot, tmux or runit"

UNIT = """\
[Unit]
Description=Dispatch companion
After=graphical-session.target
StartLimitIntervalSec=0

[Service]
ExecStart={command}
{environment}
WorkingDirectory=%h
Restart=on-failure
RestartSec={restart}
KillMode=mixed
TimeoutStopSec={stop}

[Install]
WantedBy=default.target
"""


@dataclass(frozen=True)
class SystemdUnit:
    """A Service: systemctl --user starts it with the session, and again where it fails."""

    program: Program

    @property
    def path(self) -> Path:
        """Where systemd looks for a person's own units."""
        config = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
        return Path(config).expanduser() / "systemd/user" / self._unit

    def text(self) -> str:
        """The unit."""
        environment = self.program.environment.items()
        return UNIT.format(
            command=" ".join(_quoted(word, "$") for word in self.program.words),
            environment="\n".join(f"Environment={_quoted(f'{k}={v}')}" for k, v in environment),
            restart=RESTART_SECONDS,
            stop=STOP_SECONDS,
        )

    def start(self) -> str:
        """Enable it and start it anew, so that a changed unit counts."""
        self._look()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.text())
        _systemctl("daemon-reload")
        _systemctl("enable", self._unit)
        _systemctl("restart", self._unit)
        return "To keep it running while you are logged out: loginctl enable-linger"

    def stop(self) -> None:
        """Disable it and stop it."""
        self._look()
        _systemctl("disable", "--now", self._unit)
        self.path.unlink()
        _systemctl("daemon-reload")

    @property
    def _unit(self) -> str:
        return f"{self.program.name}.service"

    def _look(self) -> None:
        try:
            _systemctl("show-environment")
        except ManagerRefused as refused:
            why = refused.facts["why"]
            raise NoManager(command="systemctl --user", why=why, instead=INSTEAD) from None


def _systemctl(*words: str) -> str:
    return ask_manager("systemctl", "--user", *words, instead=INSTEAD)


def _quoted(word: str, variables: str = "") -> str:
    """As systemd.syntax(7) reads it: % names a specifier, and $ a variable in commands."""
    for char in f"%{variables}":
        word = word.replace(char, char * 2)
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
