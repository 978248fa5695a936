"""A stop ends a command and all that came of it, wherever it hid, within ten seconds."""

import shlex
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from device_agent.tools.shell.environment import clean_environment
from device_agent.tools.shell.guarded import Children
from device_agent.tools.shell.output import Output
from device_agent.tools.shell.plan import Plan
from device_agent.tools.shell.tool import Graces
from device_agent.tools.step import StopReason
from dispatch_core.lifecycle import StepStatus
from tests.device_agent.shells import Bystander, left_in
from tests.device_agent.waiting import PATIENCE, eventually, slowness

pytestmark = pytest.mark.processes


def python(code: str) -> str:
    """A command that runs this."""
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}"


DEAF = """
import signal, sys, time
for number in {signals}: signal.signal(number, signal.SIG_IGN)
print("ready", flush=True); time.sleep(120)"""
TO_TERMINATE = python(DEAF.format(signals="[signal.SIGTERM]"))
TO_ALL = python(DEAF.format(signals="[signal.SIGINT, signal.SIGTERM, signal.SIGHUP]"))
DOUBLE_FORK = python("""
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print("ready", flush=True); time.sleep(120)
    os._exit(0)
os.wait(); time.sleep(120)""")
# It is bounded, so that a failure here does no harm: 2,000 children, and two minutes.
FORKS_ALL_THE_TIME = python("""
import os, signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN); signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)
for _ in range(2000):
    if os.fork() == 0:
        time.sleep(0.2); os._exit(0)
    time.sleep(0.01)
time.sleep(120)""")
MOVES_ON = python("""
import os, signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN); signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    print("ready", flush=True)
    for _ in range(2000):
        time.sleep(0.01)
        if os.fork(): os._exit(0)
time.sleep(120)""")
CHANGES_ITS_MARK = (
    "env -i DISPATCH_COMMAND=other setsid sh -c 'echo ready; exec sleep 120' & sleep 120"
)
ESCAPES = {
    "a plain loop": "echo ready; while :; do sleep 0.1; done",
    "a session of its own": "setsid sh -c 'echo ready; sleep 120' & wait",
    "nohup": "nohup sh -c 'echo ready; sleep 120' 2>&1 | cat & wait",
    "a double fork": DOUBLE_FORK,
    "deaf to terminate": TO_TERMINATE,
    "deaf to interrupt and terminate": TO_ALL,
    "deaf in a session of its own": f"setsid {TO_ALL} & wait",
    "a stopped process": "sh -c 'echo ready; kill -STOP $$'; sleep 120",
    "a shell that traps": "trap '' INT TERM; echo ready; while :; do sleep 1; done",
    "forks all the time": FORKS_ALL_THE_TIME,
    "goes on in a child again and again": MOVES_ON,
    "another mark": CHANGES_ITS_MARK,
}
UNDER_A_TERMINAL = {
    "a plain loop": ESCAPES["a plain loop"],
    "deaf to all but kill": TO_ALL,
    "a shell at the terminal": "bash --norc -i -c 'echo ready; sleep 120'",
    "nohup in a session of its own": "nohup setsid sh -c 'echo ready; sleep 120' | cat & wait",
}


def stop(bystander: Bystander, command: str, *, pty: bool = False) -> None:
    """Stop a command that has begun, and see that nothing of it is left."""
    thread = bystander.start(command, pty=pty)
    bystander.stop.ask(StopReason.PERSON)
    thread.join(PATIENCE)
    assert bystander.result is not None
    assert bystander.result.status is StepStatus.STOPPED
    assert "ready" in bystander.result.text
    assert "could not be ended" not in bystander.result.text
    assert not left_in(bystander.folder)


@pytest.mark.parametrize("command", ESCAPES.values(), ids=ESCAPES.keys())
def test_a_stop_leaves_nothing_behind(tmp_path: Path, command: str) -> None:
    stop(Bystander(tmp_path), command)


@pytest.mark.parametrize("command", ESCAPES.values(), ids=ESCAPES.keys())
def test_a_stop_leaves_nothing_behind_where_orphans_are_not_adopted(
    tmp_path: Path, command: str
) -> None:
    stop(Bystander(tmp_path, adopts=False), command)


@pytest.mark.parametrize("adopts", [True, False], ids=["adopted", "marked"])
@pytest.mark.parametrize("command", UNDER_A_TERMINAL.values(), ids=UNDER_A_TERMINAL.keys())
def test_a_stop_leaves_nothing_behind_at_a_terminal(
    tmp_path: Path, command: str, adopts: bool
) -> None:
    stop(Bystander(tmp_path, adopts=adopts), command, pty=True)


def ending_of_the_deaf(folder: Path) -> float:
    """The seconds, by the guard's clock, from a stop until nothing is left of two deaf sessions."""
    bystander, graces = Bystander(folder), Graces()
    plan = Plan(
        argv=["/bin/sh", "-c", f"setsid {TO_ALL} & {TO_ALL}"],
        cwd=str(folder),
        terminal=False,
        adopts=True,
        timeout=120,
        interrupt=graces.interrupt,
        terminate=graces.terminate,
        leftover=graces.leftover,
    )
    asking = threading.Thread(
        target=lambda: (
            eventually(lambda: bystander.seen.count("ready") == 2),
            bystander.stop.ask(StopReason.PERSON),
        )
    )
    asking.start()
    with Output(folder) as output, Children().guarded(plan, clean_environment()) as guarded:
        end = guarded.follow(output, bystander.room())
    asking.join()
    assert (end["cause"], end["survivors"]) == ("stop", 0)
    assert not left_in(folder)
    return float(end["ending"])


def test_the_deafest_command_is_gone_within_ten_seconds(tmp_path: Path) -> None:
    graces = Graces().interrupt + Graces().terminate
    # Half a second is left for the killing, of a core's time: others may have it at the moment.
    for _ in range(2):
        ending = ending_of_the_deaf(tmp_path)
        assert ending >= graces
        if ending <= graces + 0.5 * slowness():
            break
    else:
        pytest.fail(f"it took {ending} seconds")


def test_a_polite_command_may_clean_up_when_it_is_interrupted(tmp_path: Path) -> None:
    bystander = Bystander(tmp_path, graces=Graces())
    stop(bystander, "trap 'echo cleaned; exit 0' INT; echo ready; while :; do sleep 0.1; done")
    assert bystander.result is not None
    assert "cleaned" in bystander.result.text


UP_AND_STAYS = ": > up; sleep 120"
ONCE_IT_IS_UP = "until [ -e up ]; do sleep 0.05; done; kill -9 $PPID; sleep 120"


@pytest.mark.parametrize("adopts", [True, False], ids=["adopted", "marked"])
def test_a_command_that_kills_its_guard_leaves_nothing_behind(tmp_path: Path, adopts: bool) -> None:
    bystander = Bystander(tmp_path, adopts=adopts)
    result = bystander.run(f"setsid sh -c '{UP_AND_STAYS}' & {ONCE_IT_IS_UP}")
    assert result.status is StepStatus.INTERRUPTED
    assert not left_in(tmp_path)


# A companion in little: its own helper lives on, what a command left to it does not.
COMPANION = """
import subprocess, sys
from pathlib import Path
from device_agent.tools.shell.family import adopt_orphans
from tests.device_agent.shells import Bystander, left_in, shell_in
adopt_orphans()
folder = Path(sys.argv[1])
helper = subprocess.Popen(["sleep", "120"], cwd="/")
bystander = Bystander(folder)
object.__setattr__(shell := shell_in(folder), "owns_process", True)
command = sys.argv[2]
result = shell(bystander.room(), {"command": command})
print(result.status.value, len(left_in(folder)), helper.poll())
helper.kill()
"""


def test_a_companion_keeps_its_own_helpers_and_no_commands_orphans(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    command = f"env -i setsid sh -c '{UP_AND_STAYS}' & {ONCE_IT_IS_UP}"
    said = subprocess.run(
        [sys.executable, "-c", COMPANION, str(folder), command],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        timeout=PATIENCE,
    )
    assert said.stdout.split() == ["interrupted", "0", "None"]
