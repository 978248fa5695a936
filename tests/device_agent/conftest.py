"""Cores to pair with, and companions as processes of their own."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dispatch_core.protocol import StepResult
from tests.device_agent.core_server import CoreServer
from tests.device_agent.shells import Bystander
from tests.device_agent.standin import CODE, StandIn
from tests.device_agent.waiting import PATIENCE, eventually
from tests.device_agent.whole_way import House, open_house


@pytest.fixture
def core(tmp_path: Path) -> Iterator[CoreServer]:
    folder = tmp_path / "core"
    folder.mkdir()
    server = CoreServer(StandIn(folder), folder)
    server.start()
    yield server
    server.close()


@dataclass
class Companion:
    """dispatch-device as a person runs it: real processes over one home."""

    core: CoreServer
    home: Path
    shared: Path
    running: list["subprocess.Popen[str]"] = field(default_factory=list)

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "device_agent", *arguments],
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def pair(self, allow: str = "local_files,shell") -> "subprocess.CompletedProcess[str]":
        return self.command(
            *("pair", self.core.url, CODE, "--name", "laptop"),
            *("--folder", str(self.shared), "--allow", allow),
        )

    def start(self) -> "subprocess.Popen[str]":
        reports = len(self.core.dispatcher.reports)
        process = subprocess.Popen(
            [sys.executable, "-m", "device_agent", "run"],
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.running.append(process)
        eventually(lambda: len(self.core.dispatcher.reports) > reports or process.poll())
        return process

    def result_of(self, step_id: str = "step-1") -> StepResult:
        """How a step ended, once it has."""
        results = self.core.dispatcher.results
        return eventually(lambda: results.get(step_id))

    def end(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.communicate(timeout=PATIENCE)

    def _environment(self) -> dict[str, str]:
        return dict(os.environ) | {"DISPATCH_DEVICE_HOME": str(self.home)}


@pytest.fixture
def companion(core: CoreServer, tmp_path: Path) -> Iterator[Companion]:
    shared = tmp_path / "shared"
    shared.mkdir()
    companion = Companion(core, tmp_path / "device-home", shared)
    yield companion
    companion.end()


@pytest.fixture
def bystander(tmp_path: Path) -> Bystander:
    """Commands start in a shared folder of the test's own."""
    shared = tmp_path / "shared"
    shared.mkdir()
    return Bystander(shared)


@pytest.fixture
async def house(home: Path, tmp_path: Path) -> AsyncIterator[House]:
    """A whole core at work, with no companion yet."""
    async with open_house(home, tmp_path) as house:
        yield house
