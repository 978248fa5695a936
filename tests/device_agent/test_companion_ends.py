"""A companion that is killed, stopped, revoked or cut off: each command at most once, none left."""

import asyncio
import signal
import subprocess
import threading

import psutil
import pytest

from device_agent.client import ANSWER_SECONDS
from dispatch_core.abilities import ToolName
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import CLAIM_WAIT_SECONDS
from tests.device_agent.conftest import Companion
from tests.device_agent.waiting import PATIENCE, eventually

pytestmark = pytest.mark.processes


def start_counting(companion: Companion) -> "subprocess.Popen[str]":
    """A companion in the middle of a command that leaves a line for each time that it ran."""
    companion.pair()
    command = "echo ran >> runs; until [ -e go ]; do sleep 0.05; done; echo end >> runs"
    companion.core.dispatcher.order(ToolName.SHELL, command=command, lease=1)
    process = companion.start()
    eventually((companion.shared / "runs").exists)
    return process


def test_a_killed_companions_command_is_not_run_again(companion: Companion) -> None:
    process = start_counting(companion)
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait(PATIENCE)
    assert not psutil.wait_procs(children, timeout=PATIENCE)[1]
    companion.start()
    result = companion.result_of()
    assert result.status is StepStatus.INTERRUPTED
    assert (companion.shared / "runs").read_text() == "ran\n"


def test_a_result_that_was_not_reported_is_delivered_after_a_restart(
    companion: Companion,
) -> None:
    process = start_counting(companion)
    companion.core.stop()
    (companion.shared / "go").touch()
    journal = companion.home / "journal.jsonl"
    eventually(lambda: "ended" in journal.read_text())
    process.kill()
    process.wait(PATIENCE)
    companion.core.start()
    companion.start()
    assert companion.result_of().status is StepStatus.DONE
    assert (companion.shared / "runs").read_text() == "ran\nend\n"


def test_a_restart_of_the_core_does_not_disturb_a_command(companion: Companion) -> None:
    process = start_counting(companion)
    companion.core.stop()
    companion.core.start()
    (companion.shared / "go").touch()
    assert companion.result_of().status is StepStatus.DONE
    assert (companion.shared / "runs").read_text() == "ran\nend\n"
    assert process.poll() is None


def test_a_step_that_is_offered_while_it_is_done_is_done_once(companion: Companion) -> None:
    start_counting(companion)
    dispatcher = companion.core.dispatcher
    dispatcher.leased_until.clear()  # its lease is over, so that it is offered again
    eventually(lambda: dispatcher.leased_until)
    (companion.shared / "go").touch()
    assert companion.result_of().status is StepStatus.DONE
    assert (companion.shared / "runs").read_text() == "ran\nend\n"


def test_an_ended_companion_takes_its_command_along_and_says_so(companion: Companion) -> None:
    process = start_counting(companion)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    assert not psutil.wait_procs(children, timeout=PATIENCE)[1]
    result = companion.result_of()
    assert result.status is StepStatus.INTERRUPTED
    assert "the companion was stopped" in result.text


def test_an_idle_companion_ends_without_waiting_for_an_answer(companion: Companion) -> None:
    claimed = threading.Event()

    async def never_answered(_device: str, _wait: float) -> None:
        claimed.set()
        await asyncio.Event().wait()

    companion.core.dispatcher.claim_step = never_answered
    companion.pair()
    process = companion.start()
    assert claimed.wait(PATIENCE)
    process.send_signal(signal.SIGINT)
    # It would wait for an answer for longer than this.
    assert process.wait(CLAIM_WAIT_SECONDS + ANSWER_SECONDS - 5) == 0


def test_a_revoked_device_ends_with_one_sentence(companion: Companion) -> None:
    process = start_counting(companion)
    companion.core.dispatcher.keys.clear()
    assert process.wait(PATIENCE) == 1
    assert "laptop is no longer paired with" in process.communicate()[0].splitlines()[-1]
    assert (companion.shared / "runs").read_text() == "ran\n"


def test_a_command_that_kills_its_guard_leaves_nothing_behind(companion: Companion) -> None:
    companion.pair()
    command = (
        "setsid sh -c 'echo $$ > pid; exec sleep 300' & until [ -s pid ]; do sleep 0.05; done; "
        "kill -9 $PPID"
    )
    companion.core.dispatcher.order(ToolName.SHELL, command=command)
    companion.start()
    assert companion.result_of().status is StepStatus.INTERRUPTED
    pid = int((companion.shared / "pid").read_text())
    eventually(lambda: not psutil.pid_exists(pid))
