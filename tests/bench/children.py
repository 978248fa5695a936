"""A contestant's processes: started, let go together, heard, and ended whatever happens."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tests.bench.relay import SIGN

ROOT = Path(__file__).parents[2]
OWN_PYTHON = Path(sys.executable)
PEERS_PYTHON = ROOT / ".venv-bench/bin/python"
MOST_SECONDS = 120.0
WORDS_OF_FAILURE = 300
# Nothing that configures Dispatch or a peer may come from the tester's environment.
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "OPENBLAS_CORETYPE")


class Failed(Exception):
    """A contestant did not get through; str(error) says why in a line."""


@dataclass(frozen=True)
class Role:
    """One process: a module, what it is told, and the Python that runs it."""

    module: str
    facts: dict[str, Any]
    python: Path = OWN_PYTHON
    helper: bool = False
    """A helper is let go like the others, but tells its result only when it is dismissed."""


@dataclass
class _Child:
    role: Role
    process: "subprocess.Popen[str]"
    errors: IO[str]
    result: dict[str, Any] = field(default_factory=dict)

    def hear(self) -> dict[str, Any]:
        """The next thing it tells."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(SIGN):
                heard: dict[str, Any] = json.loads(line.removeprefix(SIGN))
                return heard
        self.errors.seek(0)
        lines = [line for line in self.errors.read().splitlines() if line.strip()]
        raise Failed((lines or ["it ended without a word"])[-1][:WORDS_OF_FAILURE])

    def let_go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def dismiss(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()


def run(roles: Sequence[Role], most_seconds: float = MOST_SECONDS) -> list[dict[str, Any]]:
    """What each process told at its end, in the order given; raises Failed."""
    with ExitStack() as stack:
        children = [_start(role, stack) for role in roles]
        alarm = threading.Timer(most_seconds, _kill, [children])
        alarm.start()
        stack.callback(alarm.cancel)
        try:
            return _conduct(children)
        except Failed as error:
            if alarm.is_alive():
                raise
            raise Failed(f"not done within {most_seconds:.0f} s") from error


def _conduct(children: list[_Child]) -> list[dict[str, Any]]:
    for child in children:
        child.hear()
    for child in children:
        child.let_go()
    for child in children:
        if not child.role.helper:
            child.result = child.hear()
    for child in children:
        child.dismiss()
    for child in children:
        if child.role.helper:
            child.result = child.hear()
    return [child.result for child in children]


def _start(role: Role, stack: ExitStack) -> _Child:
    if not role.python.exists():
        raise Failed(f"{role.python.parent.parent.name} is not there: run `make bench`")
    errors = stack.enter_context(tempfile.TemporaryFile("w+"))  # noqa: SIM115 (the stack closes it)
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    process = subprocess.Popen(
        [role.python, "-m", role.module, json.dumps(role.facts)],
        cwd=ROOT,
        env=kept | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
    )
    stack.callback(_end, process)
    return _Child(role, process, errors)


def _end(process: "subprocess.Popen[str]") -> None:
    """Its last seconds are nobody's measurement, and what it kept is thrown away."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None and not pipe.closed:
            pipe.close()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _kill(children: list[_Child]) -> None:
    for child in children:
        child.process.kill()
