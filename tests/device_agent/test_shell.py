"""Commands of real processes: their output, their end, and that nothing of them is left."""

import os
import re
import shlex
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from device_agent.tools.shell import Graces, Shell
from device_agent.tools.step import StepRoom, Stop, StopReason
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import StepResult
from tests.device_agent.standin import eventually

pytestmark = pytest.mark.processes

QUICK = Graces(interrupt=0.4, terminate=0.4, leftover=0.2)


class Bystander:
    """Runs one command in a thread and sees what a person would see meanwhile."""

    def __init__(self, folder: Path, timeout: float = 30) -> None:
        self.folder = folder
        self.stop = Stop()
        self.seen = ""
        self.timeout = timeout
        self.result: StepResult | None = None

    def run(self, command: str) -> StepResult:
        room = StepRoom(self.timeout, self.stop, self._emit, lambda _name, _path: None)
        self.result = Shell(lambda: self.folder, QUICK)(room, {"command": command})
        return self.result

    def start(self, command: str, until: str = "ready") -> threading.Thread:
        thread = threading.Thread(target=self.run, args=(command,))
        thread.start()
        eventually(lambda: until in self.seen)
        return thread

    def _emit(self, text: str) -> None:
        self.seen += text


@pytest.fixture
def bystander(tmp_path: Path) -> Bystander:
    return Bystander(tmp_path)


def marked(folder: Path) -> list[psutil.Process]:
    """The live processes that were started in this folder."""
    found = []
    for process in psutil.process_iter():
        try:
            here = process.cwd() == str(folder) and process.pid != os.getpid()
            if here and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            pass
    return found


def test_a_command_gives_its_output_and_exit_code(bystander: Bystander) -> None:
    result = bystander.run("echo out; echo err >&2; exit 3")
    assert (result.status, result.text, result.exit_code) == (StepStatus.FAILED, "out\nerr\n", 3)


def test_output_is_seen_while_the_command_runs(bystander: Bystander) -> None:
    thread = bystander.start("echo ready; sleep 60", until="ready")
    assert bystander.result is None
    bystander.stop.ask(StopReason.PERSON)
    thread.join(10)


def test_a_command_sees_no_secret_and_no_input(
    bystander: Bystander, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-hunter2")
    monkeypatch.setenv("DISPATCH_DEVICE_HOME", "/hunter2")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    result = bystander.run("env; cat")
    assert "hunter2" not in result.text
    assert set(re.findall(r"^(\w+)=", result.text, re.MULTILINE)) <= {
        *("HOME", "PATH", "LANG", "LANGUAGE", "TZ", "USER", "LOGNAME", "SHELL", "TMPDIR"),
        *("TERM", "PWD", "SHLVL", "_", "LC_ALL", "LC_CTYPE"),
    }


def test_a_command_starts_in_the_shared_folder(bystander: Bystander) -> None:
    assert bystander.run("pwd").text == f"{bystander.folder}\n"


def test_a_long_output_keeps_its_head_and_its_tail(bystander: Bystander) -> None:
    result = bystander.run("echo first; head -c 500000 /dev/zero | tr '\\0' x; echo last")
    assert result.truncated
    assert len(result.text) < 201_000
    assert result.text.startswith("first")
    assert result.text.endswith("last\n")
    assert "300011 characters left out" in result.text


def test_broken_utf_8_and_nul_are_still_text(bystander: Bystander) -> None:
    assert bystander.run(r"printf 'a\0b\377\303\251'").text == "a\ufffdb\ufffdé"


def test_a_killed_command_has_the_shells_exit_code(bystander: Bystander) -> None:
    assert bystander.run("kill -9 $$").exit_code == 137


def test_a_command_over_its_time_is_ended_and_its_output_kept(tmp_path: Path) -> None:
    bystander = Bystander(tmp_path, timeout=0.5)
    result = bystander.run("echo so far; sleep 60")
    assert result.status is StepStatus.TIMED_OUT
    assert result.text.startswith("so far")
    assert not marked(tmp_path)


PYTHON = shlex.quote(sys.executable)
STUBBORN = f"""{PYTHON} -c '
import signal, time
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
print("ready", flush=True); time.sleep(60)'"""
DOUBLE_FORK = f"""{PYTHON} -c '
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print("ready", flush=True); time.sleep(60)
    os._exit(0)
os.wait(); time.sleep(60)'"""
ESCAPES = {
    "a plain sleep": "echo ready; sleep 60",
    "a session of its own": "setsid sh -c 'echo ready; sleep 60' & wait",
    "nohup": "nohup sh -c 'echo ready; sleep 60' 2>&1 | cat & wait",
    "a double fork": DOUBLE_FORK,
    "deaf to all but kill": STUBBORN,
    "deaf in a session of its own": f"setsid {STUBBORN} & wait",
    "a stopped process": "sh -c 'echo ready; kill -STOP $$'; sleep 60",
    "a shell that traps": "trap '' INT TERM; echo ready; while :; do sleep 1; done",
}


@pytest.mark.parametrize("command", ESCAPES.values(), ids=ESCAPES.keys())
def test_a_stop_leaves_nothing_behind(bystander: Bystander, command: str) -> None:
    thread = bystander.start(command)
    asked = time.monotonic()
    bystander.stop.ask(StopReason.PERSON)
    thread.join(15)
    assert bystander.result is not None
    assert bystander.result.status is StepStatus.STOPPED
    assert "ready" in bystander.result.text
    assert not marked(bystander.folder)
    assert time.monotonic() - asked < 6


def test_a_polite_command_may_clean_up_when_it_is_interrupted(bystander: Bystander) -> None:
    thread = bystander.start(
        "trap 'echo cleaned; exit 0' INT; echo ready; while :; do sleep 1; done"
    )
    bystander.stop.ask(StopReason.PERSON)
    thread.join(15)
    assert bystander.result is not None
    assert "cleaned" in bystander.result.text


def test_what_is_left_in_the_background_ends_with_the_command(bystander: Bystander) -> None:
    started = time.monotonic()
    result = bystander.run("setsid sleep 60 & echo done")
    assert result.status is StepStatus.DONE
    assert result.text == "done\n[left in the background, ended with the command: 1]"
    assert time.monotonic() - started < 6
    assert not marked(bystander.folder)


def test_a_stop_for_closing_is_an_interruption(bystander: Bystander) -> None:
    thread = bystander.start("echo ready; sleep 60")
    bystander.stop.ask(StopReason.CLOSING)
    thread.join(15)
    assert bystander.result is not None
    assert bystander.result.status is StepStatus.INTERRUPTED
    assert "the companion was stopped" in bystander.result.text


def test_a_killed_guard_is_an_interruption(bystander: Bystander) -> None:
    result = bystander.run("kill -9 $PPID")
    assert result.status is StepStatus.INTERRUPTED


def test_a_folder_that_is_gone_is_told(bystander: Bystander, tmp_path: Path) -> None:
    bystander.folder = tmp_path / "gone"
    result = bystander.run("echo hi")
    assert result.status is StepStatus.FAILED
    assert "could not be started: No such file or directory" in result.text


@pytest.mark.parametrize("arguments", [{}, {"command": 1}, {"command": "a", "cwd": "/"}])
def test_a_step_with_other_arguments_is_refused(
    tmp_path: Path, arguments: dict[str, object]
) -> None:
    room = StepRoom(5, Stop(), lambda _text: None, lambda _name, _path: None)
    assert Shell(lambda: tmp_path)(room, arguments).status is StepStatus.REFUSED
