"""A shared folder with two files, and a step's room that remembers what was sent."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from device_agent.errors import MissingPath
from device_agent.folders import Folders
from device_agent.policy.owner import Mode, Modes, OwnerPolicy
from device_agent.tools.step import DeviceTool, StepRoom, Stop
from dispatch_core.protocol import Bound, StepResult


@dataclass
class Bench:
    """Uses a tool as steps.py does: prepared, then done with what was bound."""

    shared: Path
    spool: Path
    modes: Modes = field(default_factory=Modes)
    sent: dict[str, bytes] = field(default_factory=dict)
    attached: dict[str, bytes] = field(default_factory=dict)
    stop: Stop = field(default_factory=Stop)

    @property
    def folders(self) -> Folders:
        return Folders([str(self.shared)], private=self.spool)

    def policy(self) -> OwnerPolicy:
        return OwnerPolicy(modes=self.modes)

    def owner_says(self, **modes: Mode) -> None:
        self.modes = Modes(**modes)

    def room(self, bound: Bound | None = None) -> StepRoom:
        return StepRoom(
            20, self.stop, lambda _text: None, self._send, self._take, bound=bound or Bound()
        )

    def use(
        self,
        tool: DeviceTool,
        meanwhile: Callable[[], object] = lambda: None,
        **arguments: Any,
    ) -> StepResult:
        bound = tool.prepare("thread-1", arguments).bound
        meanwhile()
        return tool(self.room(bound), arguments)

    def _send(self, name: str, path: Path) -> None:
        self.sent[name] = path.read_bytes()

    def _take(self, name: str, target: Path) -> None:
        if name not in self.attached:
            raise MissingPath(path=name)
        target.write_bytes(self.attached[name])


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    shared, spool = tmp_path / "shared", tmp_path / "home"
    (shared / "sub").mkdir(parents=True)
    (shared / "notes.txt").write_text("notes")
    (shared / "sub" / "deep.txt").write_text("deep")
    spool.mkdir()
    return Bench(shared, spool)
