"""A desktop of a test's own: an X server, a session bus with accessibility, and real programs."""

import os
import shutil
import subprocess
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.device_agent.waiting import PATIENCE, eventually

NEEDED = ("Xvfb", "dbus-daemon", "l3afpad", "jwm")


def what_lacks() -> str:
    """Why there can be no desktop here; empty where there can."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    return f"not installed: {', '.join(missing)} (.ci/debian test installs them)" if missing else ""


@dataclass
class Desk:
    """Programs that are this desk's own, known by a mark in their surroundings."""

    home: Path
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)
    environment: dict[str, str] = field(default_factory=dict)
    x_server: "subprocess.Popen[bytes] | None" = None
    started: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def __post_init__(self) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        self.environment = kept | {
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.home),
            "DISPATCH_TEST_DESK": self.mark,
            "GTK_A11Y": "atspi",
            "GSETTINGS_BACKEND": "memory",
            "NO_AT_BRIDGE": "0",
        }

    def start_screen(self) -> None:
        """An X server on a display that is free."""
        display = self._first_line(
            "Xvfb",
            "-displayfd",
            "{fd}",
            "-screen",
            "0",
            "800x600x24",
            "-nolisten",
            "tcp",
            "-noreset",
        )
        self.x_server = self.started[-1]
        self.environment["DISPLAY"] = f":{display}"

    def start_bus(self) -> None:
        """A session bus; it starts the accessibility bus once it is asked for."""
        address = self._first_line("dbus-daemon", "--session", "--nofork", "--print-address={fd}")
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = address

    def start(self, *command: str) -> "subprocess.Popen[bytes]":
        """A program on this desk."""
        process = subprocess.Popen(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.started.append(process)
        return process

    def _first_line(self, *command: str) -> str:
        read, write = os.pipe()
        process = subprocess.Popen(
            [part.format(fd=write) for part in command],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(write,),
        )
        self.started.append(process)
        os.close(write)
        with os.fdopen(read) as pipe:
            line = pipe.readline().strip()
        assert line, f"{command[0]} did not start"
        return line

    def close(self) -> None:
        """End all that carries the mark, whoever started it."""
        for process in reversed(self.started):
            process.kill()
            process.wait(PATIENCE)
        eventually(lambda: not [each.kill() for each in self._left()])

    def _left(self) -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("DISPATCH_TEST_DESK") == self.mark:
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found
