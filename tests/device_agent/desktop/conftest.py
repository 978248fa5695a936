"""A desk with a real editor on it, and the tool that uses it."""

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from device_agent.desktop.tool import Desktop
from device_agent.policy.owner import Modes, OwnerPolicy
from device_agent.tools.step import StepRoom, Stop
from dispatch_core.protocol import Bound, Preparation, StepResult
from tests.device_agent.desktop.desk import Desk, what_lacks
from tests.device_agent.waiting import PATIENCE, eventually

THREAD = "T1:C1:1.0"
# What the tool gives up after seconds, as a display that hangs; a busy machine is none.
GIVEN_UP = (
    *("accessibility.CALL_SECONDS", "elements.MAX_SECONDS", "patience.STOPPING_SECONDS"),
    *("probe.PROBE_SECONDS", "tool.PREPARE_SECONDS", "tool.SPARE_SECONDS", "windows.FOCUS_SECONDS"),
)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """An X server and a session bus of the test's own, which this process uses, too."""
    if lacking := what_lacks():
        assert not os.environ.get("CI"), lacking
        pytest.skip(lacking)
    home = tmp_path / "desk"
    home.mkdir(mode=0o700)
    desk = Desk(home)
    try:
        desk.start_screen()
        desk.start_bus()
        for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
            monkeypatch.setenv(name, desk.environment[name])
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        for name in GIVEN_UP:
            monkeypatch.setattr(f"device_agent.desktop.{name}", PATIENCE)
        yield desk
    finally:
        desk.close()


@dataclass
class User:
    """The tool, with an owner's policy, as the companion would call it."""

    tool: Desktop
    sent: dict[str, bytes] = field(default_factory=dict)
    stop: Stop = field(default_factory=Stop)

    def prepare(self, **arguments: Any) -> Preparation:
        return self.tool.prepare(THREAD, arguments)

    def do(
        self, *, bound: Bound | None = None, seconds: float = PATIENCE, **asked: Any
    ) -> StepResult:
        room = StepRoom(
            timeout_seconds=seconds,
            stop=self.stop,
            emit=lambda _text: None,
            send_file=lambda name, path: self.sent.__setitem__(name, path.read_bytes()),
            bound=self.prepare(**asked).bound if bound is None else bound,
            thread_id=THREAD,
        )
        return self.tool(room, asked)

    def later(self, **asked: Any) -> tuple[threading.Thread, list[StepResult]]:
        """Do it in a thread of its own."""
        ends: list[StepResult] = []
        thread = threading.Thread(target=lambda: ends.append(self.do(**asked)))
        thread.start()
        return thread, ends

    def ref(self, role: str, name: str = "") -> str:
        """The ref of the element that the tree shows with such a role and name."""
        wanted = f'{role} "{name}"' if name else role

        def found() -> str | None:
            lines = self.do(action="tree").text.splitlines()
            words = [line.strip().partition(" ") for line in lines]
            return next((ref for ref, _, rest in words if rest.startswith(wanted)), None)

        return str(eventually(found))


@pytest.fixture
def user(desk: Desk, tmp_path: Path) -> User:
    return make_user(tmp_path)


def make_user(folder: Path, **modes: Any) -> User:
    """A tool whose owner set these modes."""
    spool = folder / "spool"
    spool.mkdir(exist_ok=True)
    policy = OwnerPolicy(modes=Modes(**modes))
    return User(Desktop(lambda: policy, spool))


@dataclass
class Editor:
    """l3afpad with one file, in front."""

    path: Path
    desk: Desk
    user: User

    def open(self) -> "Editor":
        self.desk.start("l3afpad", str(self.path))
        eventually(lambda: self.path.name in self.user.do(action="windows").text)
        self.user.do(action="focus", window=self.path.name)
        return self


@pytest.fixture
def editor(desk: Desk, user: User) -> Editor:
    path = desk.home / "note.txt"
    path.write_text("")
    return Editor(path, desk, user).open()
